import type {
  InferenceChunk,
  TextChunk,
  TokenLogprob,
  ToolCallChunk,
} from '../../core/inference.ts';
import type { Token } from 'node-llama-cpp';
import type { OutputSplitter, SplitEvent } from '../text/output-splitter.ts';
import type { GrammarGate } from './grammar-gate.ts';
import type { DecodedTokens, TokenDecoder } from './token-decoder.ts';
import type { UsageMeter } from './usage-meter.ts';

interface AnswerWriterOptions {
  readonly choice: number;
  /** What stands before the answer. */
  readonly prompt: readonly Token[];
  readonly decoder: TokenDecoder;
  readonly splitter: OutputSplitter;
  readonly grammar: GrammarGate | undefined;
  readonly usage: UsageMeter;
}

export interface Written {
  readonly chunks: readonly InferenceChunk[];
  /** The stop string that was met; nothing may follow it. */
  readonly stopSequence?: string;
  /** False when the grammar of the answer refuses the token. */
  readonly isAllowed: boolean;
}

/** Turns the tokens of one choice, drawn or replayed, into the chunks of its answer. */
export class AnswerWriter {
  private readonly options: AnswerWriterOptions;
  private readonly logprobs: (TokenLogprob | undefined)[] = [];
  private readonly history: Token[];
  private thought = 0;

  constructor(options: AnswerWriterOptions) {
    this.options = options;
    this.history = [...options.prompt];
  }

  /** Tokens of the answer so far, replayed ones included. */
  get tokenCount(): number {
    return this.history.length - this.options.prompt.length;
  }

  get reasoningTokenCount(): number {
    return this.thought;
  }

  get isReasoning(): boolean {
    return this.options.splitter.channel === 'reasoning';
  }

  get hasToolCalls(): boolean {
    return this.options.splitter.toolCallCount > 0;
  }

  /** The newest tokens of prompt and answer, oldest first. */
  newestTokens(count: number): readonly Token[] {
    return this.history.slice(-count);
  }

  take(token: Token, logprob?: TokenLogprob): Written {
    this.logprobs.push(logprob);
    return this.read(token, (isReasoning) => {
      this.options.usage.generated(isReasoning);
    });
  }

  /** A token that was delivered before: it moves splitter and grammar on, and is nobody's work here. */
  replay(token: Token): Written {
    this.logprobs.push(undefined);
    return this.read(token, () => {});
  }

  private read(token: Token, count: (isReasoning: boolean) => void): Written {
    const { decoder, grammar, splitter } = this.options;
    const wasReasoning: boolean = this.isReasoning;
    this.history.push(token);
    const decoded = decoder.push(token);
    const events = decoded === undefined ? [] : this.split(decoded);
    const isReasoning = splitter.channel === 'reasoning';
    const isAllowed = grammar?.take(token, decoded?.text ?? '', isReasoning) ?? true;
    if (wasReasoning && !isReasoning) grammar?.thoughtEnded();
    const isThought = wasReasoning || isReasoning;
    if (isThought) this.thought += 1;
    count(isThought);
    return this.writtenOf(events, isAllowed);
  }

  /** What was held back, at the end of the answer: the model's own, or a limit's. */
  flush(how: 'ended' | 'cut'): Written {
    const { decoder, splitter } = this.options;
    const rest = decoder.flush();
    const events = rest === undefined ? [] : this.split(rest);
    return this.writtenOf([...events, ...splitter.flush(how)], true);
  }

  private split({ text, tokens }: DecodedTokens): SplitEvent[] {
    return this.options.splitter.feed(text, tokens);
  }

  private writtenOf(events: readonly SplitEvent[], isAllowed: boolean): Written {
    const stop = events.find((event) => event.type === 'stop');
    return {
      chunks: events.filter((event) => event.type !== 'stop').map((event) => this.chunk(event)),
      isAllowed,
      ...(stop !== undefined && { stopSequence: stop.sequence }),
    };
  }

  private chunk(event: Exclude<SplitEvent, { type: 'stop' }>): TextChunk | ToolCallChunk {
    const logprobs = this.logprobs
      .splice(0, event.tokens.length)
      .filter((logprob) => logprob !== undefined);
    const common = {
      ...(this.options.choice > 0 && { choice: this.options.choice }),
      usage: this.options.usage.soFar(),
    };
    if (event.type === 'tool-call') return { ...event, ...common };
    return { ...event, ...common, ...(logprobs.length > 0 && { logprobs }) };
  }
}
