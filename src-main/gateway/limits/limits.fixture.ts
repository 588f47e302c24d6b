import type { UsageLimits } from '../../contract/limits.ts';
import type { InferenceBackend, InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import type { FakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import { createMemoryTeamStores } from '../../testing/memory-team-stores.ts';
import type { MemoryTeamStores } from '../../testing/memory-team-stores.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import type { ScriptedBackend } from '../../testing/scripted-backend.ts';
import type { Caller } from '../caller.ts';
import { composePipeline } from '../pipeline/pipeline.ts';
import type { RequestContext } from '../pipeline/pipeline.ts';
import { createLimits } from './create-limits.ts';
import type { Limits, LimitsDeps } from './create-limits.ts';
import type { LimitNotice } from './ports.ts';

type Stores = Pick<MemoryTeamStores['limits'], 'quotas' | 'rates'>;

interface Wishes {
  readonly key?: UsageLimits;
  readonly person?: UsageLimits;
  readonly model?: UsageLimits;
  /** Of a run before. */
  readonly stores?: Stores;
  readonly clock?: FakeClock;
  readonly prices?: LimitsDeps['prices'];
}

export interface AskOptions {
  readonly request?: InferenceRequest;
  readonly caller?: Caller;
  readonly signal?: AbortSignal;
  /** False while it waits in line: no place was found. */
  readonly isPlaced?: boolean;
}

export const keyCaller: Caller = { kind: 'key', keyId: 'k', name: 'laptop', personId: 'ann' };

/** A dollar for a thousand tokens, of whichever kind. */
export const flatPrices: LimitsDeps['prices'] = {
  estimateMicros: (candidates, prompt, answer) =>
    candidates.length === 0 ? 0 : (prompt + answer) * 1000,
  costMicros: ({ usage }) => ({
    isPriced: true,
    micros: (usage.promptTokens + usage.completionTokens) * 1000,
  }),
};

/** The limits alone, in front of any backend. */
export async function openLimits(wishes: Wishes = {}) {
  const clock = wishes.clock ?? createFakeClock();
  const stores = wishes.stores ?? createMemoryTeamStores().limits;
  const notices: LimitNotice[] = [];
  // Read on every request: tests change them.
  const source = { key: wishes.key, person: wishes.person, model: wishes.model };
  const limits: Limits = await createLimits({
    source: {
      ofKey: () => source.key,
      ofPerson: () => source.person,
      ofModel: () => source.model,
    },
    ...{ quotas: stores.quotas, rates: stores.rates, clock, logger: silentLogger },
    prices: wishes.prices ?? flatPrices,
    candidates: { priced: () => [{ model: 'guide' }], contextLength: () => undefined },
    onNotice: (notice) => notices.push(notice),
  });
  const ask = (backend: InferenceBackend, options: AskOptions = {}) =>
    asking(limits, backend, options);
  return { limits, clock, stores, source, notices, ask };
}

function asking(
  limits: Limits,
  backend: InferenceBackend,
  { request, caller = keyCaller, signal, isPlaced = true }: AskOptions,
): AsyncIterable<InferenceChunk> {
  const context: RequestContext = {
    request: request ?? boundedRequest(),
    caller,
    signal: signal ?? new AbortController().signal,
    ...{ receivedAt: 0, client: 'test', path: '/v1/chat/completions', streamed: true },
  };
  const run = composePipeline([limits.stage, limits.modelStage], (asked) => {
    if (isPlaced) asked.onPlaced?.();
    return backend.infer(asked.request, { signal: asked.signal });
  });
  return run(context);
}

/** Its answer has at most so many tokens; its prompt is estimated at nine. */
export function boundedRequest(maxTokens = 20): InferenceRequest {
  return chatRequest('hi!', { input: { maxTokens } });
}

/** Everything that comes before the answer is over or refused. */
export async function outcomeOf(
  chunks: AsyncIterable<InferenceChunk>,
): Promise<{ readonly chunks: readonly InferenceChunk[]; readonly error?: unknown }> {
  const seen: InferenceChunk[] = [];
  try {
    for await (const chunk of chunks) seen.push(chunk);
    return { chunks: seen };
  } catch (error) {
    return { chunks: seen, error };
  }
}

/** Answers with one token for each text, to a prompt of 7. */
export const says = (...texts: string[]): ScriptedBackend =>
  createScriptedBackend(() => saying(...texts));

export const keySubject = { kind: 'key', id: 'k' } as const;

/** What of a limit is used now; undefined for one that is not set. */
export function usedOf(
  { limits }: { readonly limits: Limits },
  limit: string,
  subject: Parameters<Limits['usesOf']>[0] = keySubject,
): number | undefined {
  return limits.usesOf(subject).find((use) => use.limit === limit)?.used;
}

/** As a step of an answer: looks while it is on its way. */
export function check(look: () => void): Promise<void> {
  look();
  return Promise.resolve();
}
