import { promptMarks } from '../../../core/fingerprint.ts';
import type { InferenceRequest, RequestEnvelope } from '../../../core/inference.ts';
import type { SlotContents } from '../../../core/node.ts';
import type { Upstream, UpstreamOffer } from '../../ports.ts';
import type { ExpectedParts, InFlightOf, RankedUpstream } from './ranking.ts';

const digest = 'd'.repeat(64);
export const idle: InFlightOf = () => ({ answers: 0, waiting: 0 });
export const rates = { prefillPerSecond: 1000, decodePerSecond: 50 };

/** A machine with two free slots that reads 1,000 tokens a second. */
export function upstream(id: string, offer: Partial<UpstreamOffer> = {}): Upstream {
  return {
    ...{ id, kind: 'node' },
    backend: {
      infer: () => {
        throw new Error('nobody is asked here');
      },
    },
    offer: {
      ...{ digest, state: { phase: 'ready' }, slots: 2, busySlots: 0, waiting: 0, rates },
      ...{ slotContents: [], penalties: [] },
      ...offer,
    },
  };
}

/** A chat whose messages have so many tokens each, as long as four characters are taken for one. */
export function chat(
  tokens: readonly number[],
  name = 'a',
  envelope: Partial<RequestEnvelope> = {},
  maxTokens?: number,
): InferenceRequest {
  const text = (count: number, index: number): string =>
    `${name}${String(index)} `.padEnd(count * 4 - 16, '.');
  const input = {
    ...{ task: 'chat' as const, tools: [], toolChoice: 'auto' as const, parallelToolCalls: true },
    ...{ format: { type: 'text' as const }, reasoning: 'auto' as const },
    ...{ sampling: {}, stop: [], choices: 1 },
    ...(maxTokens !== undefined && { maxTokens }),
    messages: tokens.map((count, index) => ({
      role: 'system' as const,
      text: text(count, index),
    })),
  };
  const { tenant = 'pool' } = envelope;
  return {
    envelope: {
      ...{ requestId: 'r', model: 'm', digest, tenant, caller: name, priority: 5 },
      ...{ marks: promptMarks(input, { digest, tenant }), privacy: 'any' },
      ...envelope,
    },
    input,
  };
}

/** A report of a slot that holds this prompt and its answer. */
export function holding(request: InferenceRequest, heldTokens: number, slot = 0): SlotContents {
  return { modelId: 'm', slot, marks: request.envelope.marks, heldTokens };
}

export function idsOf(ranked: readonly RankedUpstream[]): readonly string[] {
  return ranked.map((it) => it.upstream.id);
}

export function partsOf(ranked: readonly RankedUpstream[], id: string): ExpectedParts {
  const found = ranked.find((it) => it.upstream.id === id)?.expected;
  if (found === undefined) throw new Error(`${id} was not ranked`);
  return found;
}

export function choiceOf(upstream: Upstream): RankedUpstream {
  return { upstream, isSticky: false };
}

export function usage(
  promptTokens: number,
  cachedTokens: number,
  completionTokens: number,
): {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
} {
  return { promptTokens, cachedTokens, completionTokens, reasoningTokens: 0 };
}
