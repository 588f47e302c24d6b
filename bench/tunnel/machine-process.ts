import type { SharedEngines } from '../../src-main/agent/ports.ts';
import { systemClock } from '../../src-main/platform/system-clock.ts';
import {
  countingModel,
  createCountingEngines,
} from '../../src-main/testing/pool/counting-engines.ts';
import { joinAsMachine, untilPhase } from '../../src-main/testing/pool/join-as-machine.ts';
import type { JoinedMachine } from '../../src-main/testing/pool/join-as-machine.ts';
import type { PoolAddress } from '../../src-main/testing/pool/open-pool-gateway.ts';
import { serveCalls, tellParent } from '../../src-main/testing/pool/remote-calls.ts';
import { loadGuide } from './guide-engine.ts';
import type { GuideEngine } from './guide-engine.ts';
import { pacedAt } from './paced.ts';
import { sharedMs } from './shared-clock.ts';

/** Machines of a pool, each with a link of its own, in one process: it is killed as one. */

/** Enrolled at the same time: more would only wait for each other. */
const enrolledAtOnce = 16;

export interface EnrolMachines {
  readonly address: Pick<PoolAddress, 'gateway' | 'invite'>;
  readonly name: string;
  readonly count: number;
  /** Answers at a time, each. */
  readonly slots: number;
  readonly model: string;
  /** 0: as fast as the answers are read. */
  readonly tokensPerSecond: number;
}

const machines: JoinedMachine[] = [];
let guide: GuideEngine | undefined;

const calls = {
  /** Lets machines in; they are not connected yet. */
  async enrol({ address, name, count, slots, model, tokensPerSecond }: EnrolMachines) {
    const engines = createCountingEngines({
      models: [countingModel(model, { slots })],
      pace: pacedAt(tokensPerSecond),
      onEnded(requestId, wasStopped) {
        if (wasStopped) tellParent('stopped', { requestId, at: sharedMs() });
      },
    });
    for (let from = 0; from < count; from += enrolledAtOnce) {
      const group = Array.from({ length: Math.min(enrolledAtOnce, count - from) }, (_, index) =>
        join(address, `${name}-${String(from + index)}`, engines, slots),
      );
      machines.push(...(await Promise.all(group)));
    }
    return machines.map(({ membershipId }) => membershipId);
  },
  /** Like `enrol`, for one machine with the real engine and the bundled model. */
  async enrolWithGuide(address: EnrolMachines['address'], name: string) {
    guide = await loadGuide();
    const machine = await join(address, name, guide.engines, 1);
    machines.push(machine);
    return machine.membershipId;
  },
  /** Dials with all of them at once; milliseconds until each was online. */
  connect() {
    const startedAt = performance.now();
    return Promise.all(
      machines.map(async ({ client }) => {
        client.start();
        await untilPhase(client, 'online');
        return performance.now() - startedAt;
      }),
    );
  },
  /** Resolves when every link has been lost and is back: milliseconds since the first loss, each. */
  async untilAllBack() {
    let firstLossAt: number | undefined;
    return Promise.all(
      machines.map(async ({ client }) => {
        await untilPhase(client, 'waiting');
        firstLossAt ??= performance.now();
        await untilPhase(client, 'online');
        return performance.now() - firstLossAt;
      }),
    );
  },
  /** As if all had been connected for long: their next pause is the first one again. */
  beSteady() {
    for (const { client } of machines) client.reconnectNow();
  },
  /** What the engine's only slot holds. */
  held: () => guide?.held(),
};

export type MachineCalls = typeof calls;

serveCalls(calls, async () => {
  await Promise.all(machines.map(({ client }) => client.stop()));
  await guide?.dispose();
});

function join(
  address: EnrolMachines['address'],
  name: string,
  engines: SharedEngines,
  answersAtOnce: number,
): Promise<JoinedMachine> {
  return joinAsMachine({ ...address, name, engines, answersAtOnce, clock: systemClock });
}
