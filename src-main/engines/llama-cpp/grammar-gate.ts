import type { LlamaGrammarEvaluationState, Token } from 'node-llama-cpp';
import type { AcceptGrammarToken } from './library-internals.ts';

/**
 * When a grammar begins to bind the answer: with its first token, behind the thought that the answer
 * begins with, or behind the first appearance of a text such as `<tool_call>`.
 */
export type GrammarStart = 'start' | 'after-thought' | { readonly trigger: string };

interface GrammarGateOptions {
  readonly start: GrammarStart;
  readonly createState: () => LlamaGrammarEvaluationState;
  readonly accept: AcceptGrammarToken;
  readonly tokenize: (text: string) => readonly Token[];
}

/** One answer under a grammar, from the moment on that the grammar applies. */
export class GrammarGate {
  private readonly options: GrammarGateOptions;
  private state: LlamaGrammarEvaluationState | undefined;
  /** The sampler moves the state itself over a token that it drew under it. */
  private isAccepted = false;
  private tail = '';

  constructor(options: GrammarGateOptions) {
    this.options = options;
    if (options.start === 'start') this.state = options.createState();
  }

  /** Asked by the library before each draw. */
  readonly forNextDraw = (): LlamaGrammarEvaluationState | undefined => {
    this.isAccepted = this.state !== undefined;
    return this.state;
  };

  /** Tells each token of the answer, drawn or not; false when the grammar refuses it. */
  take(token: Token, text: string, isThought: boolean): boolean {
    if (this.state !== undefined) {
      const fits = this.isAccepted || this.options.accept(this.state, token);
      this.isAccepted = false;
      return fits;
    }
    // What a model thinks about calling is no call.
    if (isThought) this.tail = '';
    else this.lookForTrigger(text);
    return true;
  }

  /** Tells that the thought is over. */
  thoughtEnded(): void {
    if (this.options.start === 'after-thought') this.state ??= this.options.createState();
  }

  private lookForTrigger(text: string): void {
    const { start } = this.options;
    if (typeof start === 'string') return;
    this.tail += text;
    const at = this.tail.indexOf(start.trigger);
    if (at === -1) {
      this.tail = this.tail.slice(-start.trigger.length);
      return;
    }
    const begun = this.tail.slice(at + start.trigger.length);
    this.state = this.options.createState();
    for (const token of this.options.tokenize(begun)) this.options.accept(this.state, token);
  }
}
