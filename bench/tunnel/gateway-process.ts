import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UpstreamDirectory } from '../../src-main/gateway/ports.ts';
import { systemClock } from '../../src-main/platform/system-clock.ts';
import {
  directoryOf,
  localUpstream,
  offeredModel,
} from '../../src-main/testing/gateway-fixture.ts';
import { createCountingEngines } from '../../src-main/testing/pool/counting-engines.ts';
import { openPoolGateway } from '../../src-main/testing/pool/open-pool-gateway.ts';
import { serveCalls, tellParent } from '../../src-main/testing/pool/remote-calls.ts';
import { pacedAt } from './paced.ts';
import { sharedMs } from './shared-clock.ts';
import { askAsOwner } from './window-ask.ts';
import type { WindowAsk } from './window-ask.ts';

/**
 * The program's own gateway with a pool, in a process of its own. It answers `near` and `near-paced`
 * itself, with the engines that the machines of the pool have: what the tunnel adds is the difference.
 */

const nearRate = 50;
const lookMs = 2;

const folder = mkdtempSync(join(tmpdir(), 'millpond-bench-pool-'));
const opened = await openPoolGateway({ folder, clock: systemClock, directory: nearModels() });
const { gateway, ownerId } = opened;
let began = { cpu: process.cpuUsage(), at: performance.now() };

const calls = {
  address: () => opened.address,
  begin() {
    began = { cpu: process.cpuUsage(), at: performance.now() };
  },
  /** Since `begin`. */
  spent() {
    const { system, user } = process.cpuUsage(began.cpu);
    return { cpuMs: (user + system) / 1000, wallMs: performance.now() - began.at };
  },
  /** After everything that can be collected was. */
  memory() {
    globalThis.gc?.();
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    return { heapBytes: heapUsed + external, residentBytes: rss };
  },
  tunnel: () => gateway.door.tunnel?.measure(),
  /** Resolves when so many machines are connected and have said what they offer. */
  async untilMachines(count: number) {
    while (machines().filter(({ isOnline, advert }) => isOnline && advert).length !== count) {
      await sleep(lookMs);
    }
  },
  /** Resolves with the moment at which the link of a machine closed. */
  untilClosed: (membershipId: string) =>
    new Promise<number>((resolve, reject) => {
      const link = machines().find((each) => each.membershipId === membershipId);
      if (link === undefined) reject(new Error(`${membershipId} is not connected`));
      link?.on('closed', () => {
        resolve(sharedMs());
      });
    }),
  askAsOwner: (ask: WindowAsk) =>
    askAsOwner(gateway.windowBackend(ownerId), ask, (tokens) => {
      tellParent('delivered', tokens);
    }),
};

export type GatewayCalls = typeof calls;

serveCalls(calls, async () => {
  await opened.close();
  rmSync(folder, { recursive: true, force: true });
});

function machines() {
  return gateway.door.tunnel?.links() ?? [];
}

function nearModels(): UpstreamDirectory {
  const onEnded = (requestId: string, wasStopped: boolean): void => {
    if (wasStopped) tellParent('stopped', { requestId, at: sharedMs() });
  };
  const near = createCountingEngines({ models: [], onEnded });
  const paced = createCountingEngines({ models: [], onEnded, pace: pacedAt(nearRate) });
  const upstreams = { near: [localUpstream(near)], 'near-paced': [localUpstream(paced)] };
  return {
    ...directoryOf([offeredModel('near'), offeredModel('near-paced')], []),
    candidates: ({ envelope: { model } }) =>
      model === 'near' || model === 'near-paced' ? upstreams[model] : [],
  };
}
