import { request } from 'undici';
import { sampleProcess } from '../runtime/process-usage.ts';
import { serveRuntime } from '../runtime/served-runtime.ts';
import type { ServedRuntime } from '../runtime/served-runtime.ts';
import type { ProcessUsage } from '../runtime/gateway-protocol.ts';

/** The program that is shipped, set up as a team runs it, and what it spends. */
export interface TeamGateway extends AsyncDisposable {
  readonly port: number;
  /** Has every kind of limit, each too high to be met. */
  readonly key: string;
  /** Runs `work` and tells what the process spent meanwhile, and how many requests it is at. */
  during(work: () => Promise<void>): Promise<ProcessUsage & { readonly running: number }>;
}

/** People would wait half an hour for a provider whose quota is spent, and a soak has no such time. */
const forgiveMs = 5000;
const plenty = 1_000_000_000;
/** The histogram of the program's metrics holds the time between two ticks, so far apart. */
const loopTickMs = 10;

/**
 * Starts the bundled program with its database, log, prices, a key with every kind of limit, and one
 * provider behind it; or a second one before it, that fails a lot, under one name.
 */
export async function startTeamGateway(
  upstreamPort: number,
  flakyPort?: number,
): Promise<TeamGateway> {
  const runtime = await serveRuntime({ loadAtStart: false });
  try {
    const forgive = await setUp(runtime, upstreamPort, flakyPort);
    const { key } = await runtime.control.server.createKey({
      name: 'benchmark',
      limits: {
        ...{ requestsPerMinute: plenty, tokensPerMinute: plenty, concurrentRequests: 10_000 },
        ...{ tokensPerDay: plenty, tokensPerMonth: plenty },
        ...{ spendMicrosPerDay: plenty * 1000, spendMicrosPerMonth: plenty * 1000 },
      },
    });
    return {
      ...{ port: runtime.chat.port, key },
      during: (work) => spentDuring(runtime, key, work),
      async [Symbol.asyncDispose]() {
        clearInterval(forgive);
        await runtime[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await runtime[Symbol.asyncDispose]();
    throw error;
  }
}

async function setUp(
  { control }: ServedRuntime,
  upstreamPort: number,
  flakyPort: number | undefined,
): Promise<NodeJS.Timeout | undefined> {
  const add = (name: string, port: number) =>
    control.providers.add({
      ...{ preset: 'custom', name, keys: ['sk-benchmark-1'] },
      baseUrl: `http://127.0.0.1:${port.toString()}/v1`,
    });
  const tiers = [{ maxInputTokens: 0, inputMicros: 1_000_000, outputMicros: 4_000_000 }];
  await add('upstream', upstreamPort);
  for (const model of ['instant', 'paced']) await control.prices.set({ model, tiers });
  if (flakyPort === undefined) return undefined;
  const { id } = await add('flaky', flakyPort);
  const members = [{ model: 'pond' }, { model: 'paced' }];
  await control.aliases.save({ name: 'either', members, cloud: true });
  return setInterval(() => {
    // The next one may come through where this one does not.
    control.providers.reset({ id }).catch(() => undefined);
  }, forgiveMs);
}

async function spentDuring(
  { control, origin, pid }: ServedRuntime,
  key: string,
  work: () => Promise<void>,
): Promise<ProcessUsage & { readonly running: number }> {
  await loopDelayP99Ms(origin, key);
  const before = sampleProcess(pid);
  const beganAt = performance.now();
  await work();
  const wallMs = performance.now() - beganAt;
  const after = sampleProcess(pid);
  if (before === undefined || after === undefined) {
    throw new Error('What another process spends can be read on Linux only.');
  }
  const { requests } = await control.activity.list({ state: 'running', limit: 1000 });
  return {
    ...{ wallMs, residentMiB: after.residentMiB, running: requests.length },
    cpuMs: (after.cpuSeconds - before.cpuSeconds) * 1000,
    loopDelayP99Ms: await loopDelayP99Ms(origin, key),
  };
}

/** Since it was asked for the last time. */
async function loopDelayP99Ms(origin: string, key: string): Promise<number> {
  const { body } = await request(`${origin}/metrics`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const seconds = /^nodejs_eventloop_lag_p99_seconds ([\d.e+-]+)$/m.exec(await body.text())?.[1];
  return Math.max(0, Number(seconds) * 1000 - loopTickMs);
}
