import type { Llama, LlamaContext, LlamaGrammar, LlamaModel, Token } from 'node-llama-cpp';
import type { EngineFacts } from '../engine.ts';
import type { ChatTemplate } from '../text/chat-template.ts';
import type { SlotTable } from './slots.ts';
import type { StepGate } from './step-gate.ts';
import type { StepPacer } from './step-pacer.ts';

/** Everything that stays alive as long as the model is loaded. */
export interface LoadedModel {
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly facts: EngineFacts;
  readonly threads: number;
  /** Read once per model: resolving a template takes up to 200 ms. */
  readonly template: ChatTemplate;
  /** Undefined for a model that cannot generate text. */
  readonly generation: GenerationContext | undefined;
}

export interface GenerationContext {
  readonly context: LlamaContext;
  readonly gate: StepGate;
  readonly pacer: StepPacer;
  readonly slots: SlotTable;
  readonly grammars: GrammarCache;
}

const cachedGrammars = 32;

/** Compiled grammars by their text: agents send the same tools with every request. */
export class GrammarCache {
  private readonly llama: Llama;
  private readonly byText = new Map<string, LlamaGrammar>();

  constructor(llama: Llama) {
    this.llama = llama;
  }

  async get(gbnf: string): Promise<LlamaGrammar> {
    const known = this.byText.get(gbnf);
    const grammar = known ?? (await this.llama.createGrammar({ grammar: gbnf }));
    this.byText.delete(gbnf);
    this.byText.set(gbnf, grammar);
    const [oldest] = this.byText.keys();
    if (this.byText.size > cachedGrammars && oldest !== undefined) this.byText.delete(oldest);
    return grammar;
  }
}

/** Tokens of a prompt, with the beginning that the model was trained to see. */
export function tokenizePrompt(model: LlamaModel, text: string): Token[] {
  const tokens = model.tokenize(text, true);
  const { bos, shouldPrependBosToken } = model.tokens;
  if (shouldPrependBosToken && bos !== null && tokens[0] !== bos) tokens.unshift(bos);
  return tokens;
}
