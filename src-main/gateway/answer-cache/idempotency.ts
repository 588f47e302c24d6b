import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import { callerQueue } from '../caller.ts';
import type { PipelineStage, RequestContext } from '../pipeline/pipeline.ts';
import { requestDigest } from './cache-key.ts';
import { KeptAnswers } from './kept-answers.ts';
import { asReplayed } from './replay.ts';
import { SharedAnswer } from './shared-answer.ts';

/** How long a finished answer can be had again. */
const keptMs = 10 * 60_000;
const maxBytes = 32 * 1024 * 1024;
const maxKeyLength = 255;
/** What one kept answer costs at least, so that many small ones are bounded too. */
const leastBytes = 4 * 1024;

interface Asked {
  readonly digest: string;
  readonly answer: SharedAnswer;
}

/**
 * A caller who sends a request once more under the same `Idempotency-Key` joins the answer that is under
 * way, or gets the finished one again; nobody is asked twice. What failed, or was left by all its
 * readers, is asked anew.
 */
export function idempotency(clock: Pick<Clock, 'monotonic'>): PipelineStage {
  const running = new Map<string, Asked>();
  const done = new KeptAnswers<Asked>(clock);
  return {
    name: 'idempotency',
    run(context, next) {
      const { idempotencyKey, signal } = context;
      if (idempotencyKey === undefined || context.request.input.task === 'proxy') {
        return next(context);
      }
      checkKey(idempotencyKey);
      const key = keyOf(context, idempotencyKey);
      const digest = requestDigest(context);
      const known = running.get(key) ?? done.find(key, keptMs);
      if (known !== undefined) {
        if (known.digest !== digest) throw reused();
        return replayed(known.answer.read(signal));
      }
      const answer = new SharedAnswer(
        (stopped) => next({ ...context, signal: stopped }),
        (isWhole) => {
          running.delete(key);
          const size = Math.max(leastBytes, answer.sizeBytes);
          if (isWhole) done.keep(key, { digest, answer }, size, { ttlMs: keptMs, maxBytes });
        },
      );
      running.set(key, { digest, answer });
      return answer.read(signal);
    },
  };
}

async function* replayed(
  chunks: AsyncIterable<InferenceChunk>,
): AsyncGenerator<InferenceChunk, void, undefined> {
  for await (const chunk of chunks) yield asReplayed(chunk);
}

function keyOf({ caller, path }: RequestContext, idempotencyKey: string): string {
  const session = caller.kind === 'session' ? caller.sessionId : '';
  const who = [caller.personId, callerQueue(caller), session, caller.poolId ?? ''];
  return JSON.stringify([...who, path, idempotencyKey]);
}

function checkKey(key: string): void {
  if (key.length > 0 && key.length <= maxKeyLength) return;
  throw new MillpondError(
    'invalid-request',
    `'Idempotency-Key' must have 1 to ${maxKeyLength.toString()} characters`,
    { param: 'Idempotency-Key' },
  );
}

function reused(): MillpondError {
  return new MillpondError(
    'invalid-request',
    "This 'Idempotency-Key' was sent with another request before; take a new one for each request",
    { param: 'Idempotency-Key', reason: 'idempotency_key_reused' },
  );
}
