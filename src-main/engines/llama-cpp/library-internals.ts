import type { Llama, LlamaContext, LlamaGrammarEvaluationState, Token } from 'node-llama-cpp';

/**
 * The only places where we reach behind node-llama-cpp's public types. Each is feature-detected, so
 * an upgrade that moves them is noticed by a test and not by a crash.
 */

/** Sequence ids of the queued batch items, in the order of the items; undefined when hidden. */
export function queuedSequenceIds(
  context: LlamaContext | undefined,
): readonly number[] | undefined {
  const queue = context === undefined ? undefined : field(context, '_queuedDecodes');
  if (!Array.isArray(queue)) return undefined;
  const ids = queue.map((decode: unknown) => field(decode, 'sequenceId'));
  return ids.every((id) => typeof id === 'number') ? ids : undefined;
}

/** Moves a grammar state over a token that was not drawn under it; false when the grammar refuses it. */
export type AcceptGrammarToken = (state: LlamaGrammarEvaluationState, token: Token) => boolean;

/** Throws when the library no longer offers a way to replay tokens through a grammar. */
export function grammarAcceptor(llama: Llama): AcceptGrammarToken {
  const sampler = field(field(llama, '_bindings'), 'AddonSampler');
  const accept = field(sampler, 'acceptGrammarEvaluationStateToken');
  const allows = field(sampler, 'canBeNextTokenForGrammarEvaluationState');
  if (typeof accept !== 'function' || typeof allows !== 'function') {
    throw new Error('node-llama-cpp offers no grammar replay any more');
  }
  return (state, token) => {
    const native = field(state, '_state');
    if (Reflect.apply(allows, sampler, [native, token]) !== true) return false;
    Reflect.apply(accept, sampler, [native, token]);
    return true;
  };
}

function field(holder: unknown, name: string): unknown {
  if (holder === null || (typeof holder !== 'object' && typeof holder !== 'function')) {
    return undefined;
  }
  return Reflect.get(holder, name);
}
