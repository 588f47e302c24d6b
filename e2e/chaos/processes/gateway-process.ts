import { startPoolGateway } from '../../../src-main/testing/pool/start-pool-gateway.ts';
import { answerQuestions, startedWith } from './answer-questions.ts';
import { createCountingClock } from './counting-clock.ts';
import type {
  GatewayMeasure,
  GatewayQuestion,
  GatewayReady,
  GatewayStart,
  PoolBooks,
  ReadyPool,
  SeenLink,
  SeenMachine,
} from './messages.ts';

/**
 * The whole gateway as the product builds it, in a process that can be killed: database, people, keys,
 * router, ledger, canaries, and the public TLS port with the tunnel behind it. It has no engine of its own.
 */

/** Cuts are noticed after a second, so that a seed takes seconds. */
const shortTiming = {
  idleHeartbeatMs: 1_000,
  runHeartbeatMs: 250,
  runSilenceMs: 2_000,
  reconnectFirstMs: 100,
  reconnectCapMs: 1_000,
} as const;
const shortLimits = { patience: { withOthersMs: 700, aloneMs: 15_000 } } as const;

/** Two pools of the same machines: what one of them asks, the other may never see. */
const poolNames = ['Attic', 'Barn'] as const;
/** What books are asked for: a clock may have jumped by a day. */
const bookDays = 7;

const { folder, mutation, hasUsualTiming = false } = startedWith() as GatewayStart;
const clock = createCountingClock();
const { gateway, identity, ownerId } = await startPoolGateway({
  ...{ folder, clock },
  chaos: {
    tunnel: {
      ...(!hasUsualTiming && { timing: shortTiming, limits: shortLimits }),
      faults: { isEpochCheckOff: mutation === 'epoch-check-off' },
    },
    isSettlementOff: mutation === 'settlement-skipped',
  },
});
const { people, nodes, door } = gateway;
const ready: GatewayReady = {
  port: door.port ?? 0,
  spki: identity.spki,
  authority: identity.authority.certPem,
  pools: await pools(),
};
answerQuestions(ready, answer);

async function pools(): Promise<ReadyPool[]> {
  const known = people.pools.list().map(({ id, name }) => ({ id, name }));
  if (known.length > 0) return known;
  const started: ReadyPool[] = [];
  for (const name of poolNames) {
    const { id } = await people.pools.start({ name, password: 'water under the bridge' });
    const { key } = await gateway.keys.create(ownerId, name, { poolId: id });
    started.push({ id, name, key });
  }
  return started;
}

async function answer(question: GatewayQuestion): Promise<unknown> {
  switch (question.ask) {
    case 'measure':
      return measure();
    case 'books':
      return Promise.all(people.pools.list().map(({ id }) => booksOf(id)));
    case 'overview':
      return people.pools.list().flatMap(({ id }) => machinesOf(id));
    case 'links':
      return links();
    case 'invite': {
      const { poolId, uses } = question;
      const { secret } = await people.invites.create(poolId, {
        ...{ rights: 'serve', role: 'member', trust: 'trusted', models: [], maxUses: uses },
        by: ownerId,
      });
      return secret;
    }
    case 'shift-clock':
      clock.shift(question.byMs);
      return undefined;
  }
}

function measure(): GatewayMeasure {
  const {
    runs = 0,
    calls = 0,
    links: connected = 0,
    bufferedBytes = 0,
  } = door.tunnel?.measure() ?? {};
  const timers = clock.pendingTimers;
  globalThis.gc?.();
  return {
    ...gateway.routerLoad(),
    requests: gateway.runningRequests(),
    ...{ runs, calls, links: connected, bufferedBytes, timers },
    heapBytes: process.memoryUsage().heapUsed,
  };
}

async function booksOf(poolId: string): Promise<PoolBooks> {
  const lines = await nodes.ledger(poolId, bookDays);
  return {
    poolId,
    servedTokens: lines.reduce((sum, line) => sum + line.servedTokens, 0),
    consumedTokens: lines.reduce((sum, line) => sum + line.consumedTokens, 0),
  };
}

function machinesOf(poolId: string): SeenMachine[] {
  return nodes.overview(poolId).machines.map(({ name, phase, busySlots, models }) => ({
    ...{ name, poolId, phase, busySlots },
    quarantined: models.filter(({ proof }) => proof === 'quarantined').map(({ id }) => id),
  }));
}

function links(): SeenLink[] {
  return (door.tunnel?.links() ?? []).map(({ membershipId, remoteAddress, connectedAt }) => ({
    ...{ membershipId, remoteAddress, connectedAt },
  }));
}
