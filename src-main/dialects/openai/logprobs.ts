import type { TokenAlternative, TokenLogprob } from '../../core/inference.ts';

const utf8 = new TextEncoder();

interface WireAlternative {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
}

export interface WireLogprob extends WireAlternative {
  readonly top_logprobs: readonly WireAlternative[];
}

export function encodeLogprob(token: TokenLogprob): WireLogprob {
  return { ...encodeAlternative(token), top_logprobs: token.top.map(encodeAlternative) };
}

function encodeAlternative(alternative: TokenAlternative): WireAlternative {
  const { text, logprob } = alternative;
  return { token: text, logprob, bytes: Array.from(utf8.encode(text)) };
}

/** The older shape of text completions: parallel arrays. */
export interface WireCompletionLogprobs {
  readonly tokens: string[];
  readonly token_logprobs: number[];
  readonly top_logprobs: Record<string, number>[];
  readonly text_offset: number[];
}

/** `offset` is the position of the first token in the answer's text, in UTF-16 units. */
export function encodeCompletionLogprobs(
  tokens: readonly TokenLogprob[],
  offset: number,
): WireCompletionLogprobs {
  let at = offset;
  const wire: WireCompletionLogprobs = {
    tokens: [],
    token_logprobs: [],
    top_logprobs: [],
    text_offset: [],
  };
  for (const token of tokens) {
    wire.tokens.push(token.text);
    wire.token_logprobs.push(token.logprob);
    wire.top_logprobs.push(Object.fromEntries(token.top.map((each) => [each.text, each.logprob])));
    wire.text_offset.push(at);
    at += token.text.length;
  }
  return wire;
}
