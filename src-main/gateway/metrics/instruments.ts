import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const secondsBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const overheadBuckets = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1];

/** Everything that is counted. Labels come from fixed or bounded sets; none is a key, person or address. */
export function createInstruments(registry: Registry) {
  return { ...counters(registry), ...histograms(registry), ...gauges(registry) };
}

function counters(registry: Registry) {
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `millpond_${name}`, help, labelNames, registers: [registry] });
  return {
    requests: counter('requests_total', 'Requests that ended', [
      ...(['task', 'model', 'provider', 'outcome'] as const),
    ]),
    tokens: counter(
      'tokens_total',
      'Tokens by kind; cached is part of prompt, reasoning of completion',
      ['model', 'kind'] as const,
    ),
    cost: counter('cost_micros_total', 'Cost in millionths of a US dollar', [
      ...(['model', 'provider'] as const),
    ]),
    unpriced: counter('unpriced_requests_total', 'Requests of cloud models without a known price', [
      ...(['model', 'provider'] as const),
    ]),
    limitHits: counter('limit_hits_total', 'Requests that a limit refused', ['limit'] as const),
    affinity: counter(
      'affinity_total',
      'Requests that went to a machine which held the beginning of their prompt, and others',
      ['result'] as const,
    ),
    cacheAnswers: counter('cached_answers_total', 'Requests answered from the answer cache', []),
    dropped: counter('request_log_dropped_total', 'Request records that were not stored', []),
    upstreamFailures: counter(
      'upstream_failures_total',
      'Failures that were the fault of an upstream',
      ['upstream', 'code'] as const,
    ),
  };
}

function histograms(registry: Registry) {
  const histogram = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    buckets: number[] = secondsBuckets,
  ) =>
    new Histogram({ name: `millpond_${name}`, help, labelNames, buckets, registers: [registry] });
  return {
    duration: histogram('request_duration_seconds', 'From admission to the end', ['task'] as const),
    firstContent: histogram('first_content_seconds', 'From admission to the first content', [
      'task',
    ] as const),
    overhead: histogram(
      'gateway_overhead_seconds',
      'What the gateway added: from arrival to the router, and from the first content to the caller',
      ['part'] as const,
      overheadBuckets,
    ),
  };
}

function gauges(registry: Registry) {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name: `millpond_${name}`, help, labelNames, registers: [registry] });
  return {
    running: gauge('requests_running', 'Requests being answered', []),
    queued: gauge('queue_length', 'Requests that wait in line', []),
    nodes: gauge('nodes', 'Machines of the pools held here', ['state'] as const),
    breakers: gauge('breaker_open', 'Circuits that let nobody or one probe pass', [
      ...(['upstream', 'state'] as const),
    ]),
    waiting: gauge('request_log_waiting', 'Ended requests that the store does not have yet', []),
  };
}
