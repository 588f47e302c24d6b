import { describe, expect, test } from 'vitest';
import type { RequestRecord } from '../contract/activity.ts';
import { createMetrics } from './metrics.ts';

function record(change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    ...{ id: 'r1', startedAt: 0, caller: 'laptop', client: 'curl', task: 'chat', path: '/v1' },
    ...{ model: 'guide', streamed: true, state: 'done', upstream: 'local', durationMs: 1000 },
    usage: { promptTokens: 10, cachedTokens: 4, completionTokens: 5, reasoningTokens: 2 },
    ...change,
  };
}

/** Lines of our own, without comments. */
async function linesOf(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  const text = await metrics.render();
  return text.split('\n').filter((line) => line.startsWith('millpond_'));
}

describe('the metrics', () => {
  test('count a request by what its record says', async () => {
    const metrics = createMetrics();
    metrics.ended(record({ provider: 'Work', costMicros: 31_600 }), { firstContentMs: 300 });
    const failed = { code: 'rate-limited', message: 'No', reason: 'requests-per-minute' } as const;
    metrics.ended(record({ state: 'failed', error: failed, isUnpriced: true }));
    metrics.ended(record({ state: 'cancelled', isCached: true }));
    const lines = await linesOf(metrics);
    const labels = 'task="chat",model="guide"';
    for (const line of [
      `millpond_requests_total{${labels},provider="Work",outcome="done"} 1`,
      `millpond_requests_total{${labels},provider="none",outcome="rate-limited"} 1`,
      `millpond_requests_total{${labels},provider="none",outcome="cancelled"} 1`,
      'millpond_tokens_total{model="guide",kind="prompt"} 30',
      'millpond_tokens_total{model="guide",kind="reasoning"} 6',
      'millpond_cost_micros_total{model="guide",provider="Work"} 31600',
      'millpond_unpriced_requests_total{model="guide",provider="none"} 1',
      'millpond_limit_hits_total{limit="requests-per-minute"} 1',
      'millpond_cached_answers_total 1',
      'millpond_request_duration_seconds_count{task="chat"} 3',
      'millpond_first_content_seconds_sum{task="chat"} 0.3',
    ]) {
      expect(lines).toContain(line);
    }
  });

  test('say whether a request found its prompt where it went', async () => {
    const metrics = createMetrics();
    const candidate = { upstream: 'm1', machine: 'Mill', isChosen: true };
    const route = { strategy: 'fast', attempts: [], queuedMs: 0, isSticky: false };
    metrics.ended(record({ route: { ...route, candidates: [{ ...candidate, cachedTokens: 9 }] } }));
    metrics.ended(record({ route: { ...route, candidates: [candidate] } }));
    metrics.ended(record());
    const lines = await linesOf(metrics);
    expect(lines).toContain('millpond_affinity_total{result="hit"} 1');
    expect(lines).toContain('millpond_affinity_total{result="miss"} 1');
  });

  test('do not grow with keys, people, callers, addresses or models', async () => {
    const metrics = createMetrics();
    const failure = { code: 'model-not-found', message: 'No' } as const;
    const grow = (from: number, to: number): void => {
      for (let index = from; index < to; index += 1) {
        const name = `n${index.toString()}`;
        const whose = { keyId: name, personId: name, caller: name, client: name };
        metrics.ended(record({ ...whose, model: name, provider: name, upstream: name }));
        const {
          upstream: _upstream,
          usage: _usage,
          ...refused
        } = record({ model: `made-up-${name}` });
        metrics.ended({ ...refused, ...whose, state: 'failed', error: failure });
        const error = { code: 'rate-limited', message: 'No', reason: name } as const;
        metrics.ended(record({ state: 'failed', error }));
        metrics.upstreamFailed(name, 'timeout');
      }
    };
    grow(0, 300);
    const before = (await linesOf(metrics)).length;
    grow(300, 10_000);
    const lines = await linesOf(metrics);
    expect(lines).toHaveLength(before);
    expect(before).toBeLessThan(2000);
    expect(lines.join('\n')).not.toContain('made-up');
    expect(lines).toContain('millpond_tokens_total{model="other",kind="prompt"} 99010');
  });

  test('read what is now when somebody looks', async () => {
    const metrics = createMetrics();
    let open: { readonly upstream: string; readonly state: 'open' }[] = [
      { upstream: 'p1', state: 'open' },
    ];
    metrics.watch({
      ...{ running: () => 3, queued: () => 2, logWaiting: () => 1 },
      nodes: () => ({ online: 4, offline: 1 }),
      breakers: () => open,
    });
    const lines = await linesOf(metrics);
    expect(lines).toContain('millpond_requests_running 3');
    expect(lines).toContain('millpond_queue_length 2');
    expect(lines).toContain('millpond_request_log_waiting 1');
    expect(lines).toContain('millpond_nodes{state="online"} 4');
    expect(lines).toContain('millpond_breaker_open{upstream="p1",state="open"} 1');
    open = [];
    expect((await linesOf(metrics)).join('\n')).not.toContain('millpond_breaker_open{');
  });

  test('have what the gateway added, in its two parts', async () => {
    const metrics = createMetrics();
    metrics.overhead('before', 2);
    metrics.overhead('after', -1); // a clock that was set back
    const lines = await linesOf(metrics);
    expect(lines).toContain('millpond_gateway_overhead_seconds_sum{part="before"} 0.002');
    expect(lines).toContain('millpond_gateway_overhead_seconds_sum{part="after"} 0');
  });
});
