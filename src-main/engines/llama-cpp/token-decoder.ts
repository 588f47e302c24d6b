import type { Token } from 'node-llama-cpp';

/** The part of a model that turns ids into text. */
interface Detokenizer {
  detokenize(
    tokens: readonly Token[],
    specialTokens?: boolean,
    lastTokens?: readonly Token[],
  ): string;
}

/** A character of UTF-8 has at most four bytes, each of which may be a token of its own. */
const mostTokensOfACharacter = 4;
/** SentencePiece drops a leading blank unless it sees what stands before. */
const contextTokens = 2;
const replacementCharacter = '\uFFFD';

export interface DecodedTokens {
  readonly text: string;
  /** The ids behind the text: usually one, more when a character was spread over several. */
  readonly tokens: readonly Token[];
}

/** Turns ids into text one by one and holds back those that end inside a character. */
export class TokenDecoder {
  private readonly detokenizer: Detokenizer;
  private readonly before: Token[];
  private pending: Token[] = [];

  constructor(detokenizer: Detokenizer, before: readonly Token[]) {
    this.detokenizer = detokenizer;
    this.before = before.slice(-contextTokens);
  }

  /** Undefined while a character is incomplete. */
  push(token: Token): DecodedTokens | undefined {
    this.pending.push(token);
    const text = this.detokenizer.detokenize(this.pending, true, this.before);
    if (text.endsWith(replacementCharacter) && this.pending.length < mostTokensOfACharacter) {
      return undefined;
    }
    return this.take(text);
  }

  /** What is left at the end of an answer, complete or not. */
  flush(): DecodedTokens | undefined {
    if (this.pending.length === 0) return undefined;
    return this.take(this.detokenizer.detokenize(this.pending, true, this.before));
  }

  private take(text: string): DecodedTokens {
    const tokens = this.pending;
    this.pending = [];
    this.before.push(...tokens);
    this.before.splice(0, this.before.length - contextTokens);
    return { text, tokens };
  }
}
