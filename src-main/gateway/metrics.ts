import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { TokenUsage } from '../core/usage.ts';

export interface EndedRequest {
  readonly task: string;
  /** A model id that exists; never a name that a caller made up. */
  readonly model: string;
  /** `done`, `cancelled` or an error code. */
  readonly outcome: string;
  readonly usage: TokenUsage;
  readonly firstContentMs: number | undefined;
  readonly durationMs: number;
}

/** What `/metrics` shows. Label values come from fixed sets and a bounded list of models. */
export interface GatewayMetrics {
  started(): void;
  ended(request: EndedRequest): void;
  /** The request log could not keep up or its store was down. */
  readonly logDropped: (records: number) => void;
  readonly upstreamFailed: (upstream: string, code: string) => void;
  /** Prometheus text format. */
  render(): Promise<string>;
  readonly contentType: string;
}

const maxModelLabels = 100;
const secondsBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export function createMetrics(): GatewayMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const instruments = createInstruments(registry);
  const modelLabels = new Set<string>();
  const modelLabel = (model: string): string => {
    if (modelLabels.size < maxModelLabels) modelLabels.add(model);
    return modelLabels.has(model) ? model : 'other';
  };

  return {
    started: () => {
      instruments.running.inc();
    },
    ended({ task, outcome, usage, firstContentMs, durationMs, ...request }) {
      const model = modelLabel(request.model);
      instruments.running.dec();
      instruments.requests.inc({ task, model, outcome });
      instruments.tokens.inc({ model, kind: 'prompt' }, usage.promptTokens);
      instruments.tokens.inc({ model, kind: 'cached' }, usage.cachedTokens);
      instruments.tokens.inc({ model, kind: 'completion' }, usage.completionTokens);
      instruments.tokens.inc({ model, kind: 'reasoning' }, usage.reasoningTokens);
      instruments.duration.observe({ task }, durationMs / 1000);
      if (firstContentMs !== undefined)
        instruments.firstContent.observe({ task }, firstContentMs / 1000);
    },
    logDropped: (records) => {
      instruments.dropped.inc(records);
    },
    upstreamFailed: (upstream, code) => {
      instruments.upstreamFailures.inc({ upstream, code });
    },
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function createInstruments(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'millpond_requests_total',
      help: 'Requests that ended',
      labelNames: ['task', 'model', 'outcome'],
      registers,
    }),
    running: new Gauge({
      name: 'millpond_requests_running',
      help: 'Requests being answered',
      registers,
    }),
    tokens: new Counter({
      name: 'millpond_tokens_total',
      help: 'Tokens by kind; cached is part of prompt, reasoning of completion',
      labelNames: ['model', 'kind'],
      registers,
    }),
    duration: new Histogram({
      name: 'millpond_request_duration_seconds',
      help: 'From admission to the end',
      labelNames: ['task'],
      buckets: secondsBuckets,
      registers,
    }),
    firstContent: new Histogram({
      name: 'millpond_first_content_seconds',
      help: 'From admission to the first content',
      labelNames: ['task'],
      buckets: secondsBuckets,
      registers,
    }),
    dropped: new Counter({
      name: 'millpond_request_log_dropped_total',
      help: 'Request records that were not stored',
      registers,
    }),
    upstreamFailures: new Counter({
      name: 'millpond_upstream_failures_total',
      help: 'Failures that were the fault of an upstream',
      labelNames: ['upstream', 'code'],
      registers,
    }),
  };
}
