import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
import type { InferenceRequest } from '../../core/inference.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Upstream } from '../ports.ts';

interface WarmUpDeps {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A load that takes longer is not waited for. */
const longestLoadMs = 10 * 60_000;

/**
 * Loads models for callers who did not want to wait for them. Nothing but a request makes an upstream
 * load, so it is asked the smallest one there is: how many tokens one word has.
 */
export class WarmUps {
  private readonly deps: WarmUpDeps;
  private readonly running = new Set<string>();

  constructor(deps: WarmUpDeps) {
    this.deps = deps;
  }

  /** Begins to load; once for an upstream and model, however many callers come by meanwhile. */
  begin(upstream: Upstream, { envelope }: InferenceRequest): void {
    const key = `${upstream.id}\n${envelope.model}`;
    if (this.running.has(key)) return;
    this.running.add(key);
    const limit = new AbortController();
    const stopTimer = this.deps.clock.after(longestLoadMs, () => {
      limit.abort(new MillpondError('timeout', 'The model took too long to load'));
    });
    void this.load(upstream, wordOf(envelope), limit.signal)
      .catch((error: unknown) => {
        this.deps.logger.warn(
          { upstream: upstream.id, err: error },
          'a model was not loaded ahead',
        );
      })
      .finally(() => {
        stopTimer();
        this.running.delete(key);
      });
  }

  private async load(
    upstream: Upstream,
    request: InferenceRequest,
    signal: AbortSignal,
  ): Promise<void> {
    for await (const _chunk of upstream.backend.infer(request, { signal })) {
      signal.throwIfAborted();
    }
  }
}

function wordOf({
  model,
  tenant,
  caller,
  privacy,
}: InferenceRequest['envelope']): InferenceRequest {
  return {
    envelope: {
      requestId: newId(),
      ...{ model, tenant, caller, privacy },
      priority: 0,
      marks: [],
    },
    input: {
      task: 'count',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      tools: [],
    },
  };
}
