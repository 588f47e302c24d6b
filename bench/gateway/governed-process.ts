import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGateway } from '../../src-main/app/build-gateway.ts';
import { buildStorage } from '../../src-main/app/build-storage.ts';
import { createOutgoing } from '../../src-main/platform/http/outgoing.ts';
import { createLog } from '../../src-main/platform/logger.ts';
import { createSecretStore } from '../../src-main/platform/secret-store.ts';
import { systemClock } from '../../src-main/platform/system-clock.ts';
import { directoryOf, fixtureHandlers } from '../../src-main/testing/gateway-fixture.ts';
import { noPools } from '../../src-main/testing/no-pools.ts';
import { projectFolder } from '../support/project.ts';
import { answerBenchmark } from './measured-child.ts';

/**
 * The gateway as a team runs it, in a process of its own: database, log, prices, a key with every kind
 * of limit, and one provider behind it; or a second one before it, that fails a lot, under one name.
 */

const [upstreamPort = '', flakyPort] = process.argv.slice(2);
/** People would wait half an hour for a provider whose quota is spent, and a soak has no such time. */
const forgiveMs = 5000;
const folder = mkdtempSync(join(tmpdir(), 'millpond-bench-team-'));
const outgoing = createOutgoing(systemClock);
const storage = await buildStorage({
  file: join(folder, 'millpond.db'),
  workerFile: join(projectFolder, 'src-main', 'database-worker.ts'),
  now: systemClock.now(),
});
const gateway = await buildGateway({
  directory: directoryOf([], []),
  stores: {
    ...storage.gateway,
    people: storage.people,
    audit: storage.audit,
    alerts: storage.alerts,
    nodes: storage.nodes,
  },
  pool: noPools,
  outside: {
    http: outgoing.client('provider'),
    secrets: createSecretStore({ folder }),
    ...{ outgoing, environment: {} },

    isOwnAddress: () => false,
  },
  handlers: fixtureHandlers,
  preferences: () => ({ keyless: false }),
  rendererFolder: join(folder, 'no-window'),
  port: 0,
  version: 'benchmark',
  owner: { personId: storage.owner.id, token: 'the-benchmark-has-no-owner' },
  clock: systemClock,
  logger: createLog({ folder: join(folder, 'logs') }).logger,
});
const { port } = await gateway.start();
const add = (name: string, providerPort: string) =>
  gateway.providers.add(
    {
      ...{ preset: 'custom', name, keys: ['sk-benchmark-1'] },
      baseUrl: `http://127.0.0.1:${providerPort}/v1`,
    },
    { signal: AbortSignal.timeout(10_000) },
  );
await add('upstream', upstreamPort);
if (flakyPort !== undefined) {
  const { id } = await add('flaky', flakyPort);
  const members = [{ model: 'pond' }, { model: 'paced' }];
  await gateway.aliases.save({ name: 'either', members, mayCrossToCloud: true });
  setInterval(() => gateway.providers.reset(id), forgiveMs);
}
const tiers = [{ maxInputTokens: 0, inputMicros: 1_000_000, outputMicros: 4_000_000 }];
for (const model of ['instant', 'paced']) await gateway.prices.set({ model, tiers });
const plenty = 1_000_000_000;
const { key } = await gateway.keys.create(storage.owner.id, 'benchmark', {
  limits: {
    ...{ requestsPerMinute: plenty, tokensPerMinute: plenty, concurrentRequests: 10_000 },
    ...{ tokensPerDay: plenty, tokensPerMonth: plenty },
    ...{ spendMicrosPerDay: plenty * 1000, spendMicrosPerMonth: plenty * 1000 },
  },
});

const close = async (): Promise<void> => {
  await gateway.stop();
  await storage.database.destroy();
  await outgoing.close();
  rmSync(folder, { recursive: true, force: true });
};
answerBenchmark({ type: 'ready', port, key }, close, () => gateway.runningRequests());
