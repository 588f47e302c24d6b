import { Registry, collectDefaultMetrics } from 'prom-client';
import type { RequestRecord } from '../contract/activity.ts';
import { boundedLabels } from './metrics/bounded-labels.ts';
import { createInstruments } from './metrics/instruments.ts';

/** What is read when somebody looks. Every call is a read of memory. */
export interface MetricSources {
  readonly running: () => number;
  readonly queued: () => number;
  readonly nodes?: () => { readonly online: number; readonly offline: number };
  /** Circuits that are not closed. */
  readonly breakers?: () => readonly {
    readonly upstream: string;
    readonly state: 'open' | 'half-open';
  }[];
  /** Ended requests that the store does not have yet. */
  readonly logWaiting?: () => number;
}

/** Figures of a request that its record does not hold. */
export interface RequestMeasures {
  /** From admission to the first content; absent where none came. */
  readonly firstContentMs?: number;
}

/**
 * What `/metrics` shows. Requests are counted by the records that go into the log, so that both always
 * agree. Label values come from fixed sets and bounded lists.
 */
export interface GatewayMetrics {
  /** Every request that ended, refused ones included. */
  readonly ended: (record: RequestRecord, measures?: RequestMeasures) => void;
  /** What the gateway itself took of a request, in milliseconds. */
  readonly overhead: (part: 'before' | 'after', ms: number) => void;
  /** The request log could not keep up or its store was down. */
  readonly logDropped: (records: number) => void;
  readonly upstreamFailed: (upstream: string, code: string) => void;
  /** Where gauges are read from. Called once, when everything is built. */
  readonly watch: (sources: MetricSources) => void;
  /** Prometheus text format. */
  render(): Promise<string>;
  readonly contentType: string;
}

const maxModels = 100;
const maxProviders = 50;
const maxUpstreams = 200;
const maxLimits = 20;
const machines = 'none';

export function createMetrics(): GatewayMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const instruments = createInstruments(registry);
  const upstreamOf = boundedLabels(maxUpstreams);
  const count = requestCounter(instruments);
  let sources: MetricSources | undefined;
  return {
    ended: count,
    overhead: (part, ms) => {
      instruments.overhead.observe({ part }, Math.max(0, ms) / 1000);
    },
    logDropped: (records) => {
      instruments.dropped.inc(records);
    },
    upstreamFailed: (upstream, code) => {
      instruments.upstreamFailures.inc({ upstream: upstreamOf(upstream), code });
    },
    watch: (from) => {
      sources = from;
    },
    render: () => {
      if (sources !== undefined) readGauges(instruments, sources, upstreamOf);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

type Instruments = ReturnType<typeof createInstruments>;

function requestCounter(instruments: Instruments): GatewayMetrics['ended'] {
  const modelOf = boundedLabels(maxModels);
  const providerOf = boundedLabels(maxProviders);
  const limitOf = boundedLabels(maxLimits);
  return (record, { firstContentMs } = {}) => {
    const { task, usage, error, costMicros = 0, durationMs = 0 } = record;
    const model = isKnownModel(record) ? modelOf(record.model) : 'other';
    const provider = record.provider === undefined ? machines : providerOf(record.provider);
    const outcome = record.state === 'done' ? 'done' : (error?.code ?? record.state);
    instruments.requests.inc({ task, model, provider, outcome });
    instruments.duration.observe({ task }, durationMs / 1000);
    if (firstContentMs !== undefined) {
      instruments.firstContent.observe({ task }, firstContentMs / 1000);
    }
    if (usage !== undefined) countTokens(instruments, model, usage);
    if (costMicros > 0) instruments.cost.inc({ model, provider }, costMicros);
    if (record.isUnpriced) instruments.unpriced.inc({ model, provider });
    if (record.isCached) instruments.cacheAnswers.inc();
    if (error?.code === 'rate-limited') {
      instruments.limitHits.inc({ limit: limitOf(error.reason ?? 'other') });
    }
    const chosen = record.route?.candidates.find(({ isChosen }) => isChosen);
    if (chosen !== undefined) {
      instruments.affinity.inc({ result: (chosen.cachedTokens ?? 0) > 0 ? 'hit' : 'miss' });
    }
  };
}

function countTokens(
  { tokens }: Instruments,
  model: string,
  usage: NonNullable<RequestRecord['usage']>,
): void {
  tokens.inc({ model, kind: 'prompt' }, usage.promptTokens);
  tokens.inc({ model, kind: 'cached' }, usage.cachedTokens);
  tokens.inc({ model, kind: 'completion' }, usage.completionTokens);
  tokens.inc({ model, kind: 'reasoning' }, usage.reasoningTokens);
}

/** Whether somebody has the model: a name that was only asked for may be any text. */
function isKnownModel({ state, upstream, usage, route }: RequestRecord): boolean {
  if (upstream !== undefined || usage !== undefined || state === 'done') return true;
  return (route?.attempts.length ?? 0) > 0;
}

function readGauges(
  instruments: Instruments,
  { running, queued, nodes, breakers, logWaiting }: MetricSources,
  upstreamOf: (upstream: string) => string,
): void {
  instruments.running.set(running());
  instruments.queued.set(queued());
  instruments.waiting.set(logWaiting?.() ?? 0);
  const { online, offline } = nodes?.() ?? { online: 0, offline: 0 };
  instruments.nodes.set({ state: 'online' }, online);
  instruments.nodes.set({ state: 'offline' }, offline);
  instruments.breakers.reset();
  for (const { upstream, state } of breakers?.() ?? []) {
    instruments.breakers.set({ upstream: upstreamOf(upstream), state }, 1);
  }
}
