import type { TokenLogprob } from '../../../core/inference.ts';
import type { WireLogprobs } from './wire-answer.ts';

/** Servers rarely say ids; nothing that reads log probabilities over this API needs them. */
const unknownToken = -1;
/** What JSON cannot say: a probability of zero. */
const impossible = -9999;

/** Both shapes in use: objects per token, and the parallel arrays of text completions. */
export function decodeLogprobs(wire: WireLogprobs): readonly TokenLogprob[] {
  if (wire.content) {
    return wire.content.map((each) => ({
      ...alternativeOf(each),
      top: (each.top_logprobs ?? []).map(alternativeOf),
    }));
  }
  return (wire.tokens ?? []).map((text, index) => ({
    text,
    token: unknownToken,
    logprob: wire.token_logprobs?.[index] ?? impossible,
    top: Object.entries(wire.top_logprobs?.[index] ?? {}).map(([other, logprob]) => ({
      text: other,
      token: unknownToken,
      logprob,
    })),
  }));
}

function alternativeOf(each: {
  readonly token: string;
  readonly id?: number | undefined;
  readonly logprob?: number | null | undefined;
}) {
  return { text: each.token, token: each.id ?? unknownToken, logprob: each.logprob ?? impossible };
}
