import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRelay } from '../../src-main/testing/relay.ts';
import { Child } from './child.ts';
import type {
  GatewayQuestion,
  GatewayReady,
  GatewayStart,
  SeenLink,
} from './processes/messages.ts';
import type { StormQuestion, StormReturns, StormStart } from './processes/storm-process.ts';

const machineCount = 200;
const processCount = 2;
/** Everybody's longest pause, and the time that so many handshakes take. */
const backWithinMs = 90_000;
const lookEveryMs = 100;

/**
 * 200 machines with 200 connections lose their gateway to `kill -9` and have to come back by themselves, at
 * the product's own pace, not all at once. Answers whether they did.
 */
export async function runStorm(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'millpond-storm-'));
  const start: GatewayStart = { folder, hasUsualTiming: true };
  let { child: gateway, ready } = await startGateway(start);
  const relay = await createRelay({
    to: {
      get port() {
        return ready.port;
      },
    },
  });
  const children: Child<StormQuestion>[] = [];
  try {
    const machines = await startMachines(gateway, ready, relay.port);
    children.push(...machines);
    const before = await gateway.ask<SeenLink[]>({ ask: 'links' });
    console.log(`${before.length} machines are connected over ${socketsOf(before)} sockets`);
    const killedAt = Date.now();
    await gateway.kill();
    ({ child: gateway, ready } = await startGateway(start));
    const startedAt = Date.now();
    const links = await untilBack(gateway);
    const after = socketsOf(links);
    const { backAt } = await returnsOf(machines);
    console.log(`The gateway was away for ${startedAt - killedAt} ms`);
    console.log(`${links.length} machines are back over ${after} sockets, without anyone's help`);
    printSpread(backAt.map((at) => at - startedAt));
    return socketsOf(before) === machineCount && after === machineCount;
  } finally {
    await Promise.all([gateway, ...children].map((child) => child.kill()));
    await relay.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function startGateway(start: GatewayStart) {
  return Child.start<GatewayQuestion, GatewayReady>('gateway-process.ts', start);
}

async function startMachines(
  gateway: Child<GatewayQuestion>,
  { spki, pools }: GatewayReady,
  port: number,
): Promise<Child<StormQuestion>[]> {
  const poolId = pools[0]?.id ?? '';
  const invite = await gateway.ask<string>({ ask: 'invite', poolId, uses: machineCount });
  const start: StormStart = {
    machines: machineCount / processCount,
    gateway: { candidates: [`127.0.0.1:${port}`], trust: { kind: 'pin', spki } },
    invite,
  };
  const started = await Promise.all(
    Array.from({ length: processCount }, () =>
      Child.start<StormQuestion, true>('storm-process.ts', start),
    ),
  );
  return started.map(({ child }) => child);
}

async function untilBack(gateway: Child<GatewayQuestion>): Promise<readonly SeenLink[]> {
  const deadline = performance.now() + backWithinMs;
  for (;;) {
    const links = await gateway.ask<SeenLink[]>({ ask: 'links' });
    if (links.length === machineCount || performance.now() > deadline) return links;
    await sleep(lookEveryMs);
  }
}

async function returnsOf(machines: readonly Child<StormQuestion>[]): Promise<StormReturns> {
  const all = await Promise.all(
    machines.map((child) => child.ask<StormReturns>({ ask: 'returns' })),
  );
  return {
    online: all.reduce((sum, { online }) => sum + online, 0),
    lostAt: all.flatMap(({ lostAt }) => lostAt),
    backAt: all.flatMap(({ backAt }) => backAt),
  };
}

/** What the gateway sees: a machine's address with its port. */
function socketsOf(links: readonly SeenLink[]): number {
  return new Set(links.map(({ remoteAddress }) => remoteAddress)).size;
}

const barMs = 250;

/** Who came back when, counted from the moment that the gateway was there again. */
function printSpread(backMs: readonly number[]): void {
  const sorted = backMs.toSorted((one, other) => one - other);
  const at = (share: number): string =>
    ((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) / 1000).toFixed(
      1,
    );
  console.log(
    `Back after ${at(0)} s (first), ${at(0.5)} s (half), ${at(0.9)} s (90 %), ${at(1)} s (last)`,
  );
  const bars = Map.groupBy(sorted, (ms) => Math.floor(ms / barMs));
  for (const [bar, machines] of [...bars].toSorted(([one], [other]) => one - other)) {
    const from = ((bar * barMs) / 1000).toFixed(2).padStart(6);
    console.log(`${from} s ${'▇'.repeat(machines.length)} ${machines.length}`);
  }
}
