import type { LlamaModel, Token } from 'node-llama-cpp';
import { MillpondError } from '../../core/error.ts';
import type {
  ChatInput,
  CompletionInput,
  Continuation,
  OutputFormat,
} from '../../core/inference.ts';
import { compileJsonSchema } from '../grammar/json-schema-to-gbnf.ts';
import { toolCallGrammar } from '../grammar/tool-grammar.ts';
import type { ReasoningTags } from '../text/reasoning-tags.ts';
import type { ToolFormat } from '../text/tool-formats.ts';
import type { GrammarStart } from './grammar-gate.ts';
import { tokenizePrompt } from './loaded-model.ts';
import { checkCharacters } from './prompt-limit.ts';
import type { LoadedModel } from './loaded-model.ts';
import { asTokens } from './sampling.ts';

/** What is decided about an answer before its first token. */
export interface AnswerPlan {
  readonly prompt: readonly Token[];
  /** Delivered before, evaluated behind the prompt, replayed and not emitted again. */
  readonly delivered: readonly Token[];
  readonly reasoning: ReasoningTags | undefined;
  readonly startsInReasoning: boolean;
  readonly toolFormat: ToolFormat | undefined;
  /** The grammar lets the model write nothing but calls, behind its thought. */
  readonly mustCall: boolean;
  readonly grammar: { readonly gbnf: string; readonly start: GrammarStart } | undefined;
  /** Undefined leaves the length of thoughts to the model. */
  readonly reasoningBudget: number | undefined;
  /** Repeated in front of the answer. */
  readonly echo: string | undefined;
}

export function planChat(input: ChatInput, loaded: LoadedModel): AnswerPlan {
  refuseImages(input);
  const { model, template } = loaded;
  const tools = input.toolChoice === 'none' ? [] : input.tools;
  const prompt = template.render({
    messages: input.messages,
    tools,
    reasoning: input.reasoning,
    addGenerationPrompt: true,
  });
  checkCharacters(prompt.text, loaded.facts.contextLength);
  const { startsInReasoning } = prompt;
  const callsTools = tools.length > 0 && input.format.type === 'text';
  return {
    prompt: tokenizePrompt(model, prompt.text),
    delivered: deliveredTokens(input.continuation, model),
    reasoning: template.reasoning,
    startsInReasoning,
    toolFormat: callsTools ? template.toolFormat : undefined,
    mustCall: callsTools && input.toolChoice !== 'auto',
    grammar: callsTools
      ? toolGrammar(input, loaded, startsInReasoning)
      : formatGrammar(input.format, startsInReasoning ? 'after-thought' : 'start'),
    reasoningBudget: input.reasoning === 'off' ? 0 : input.reasoningBudget,
    echo: undefined,
  };
}

export function planCompletion(input: CompletionInput, { model, facts }: LoadedModel): AnswerPlan {
  if (input.echo && input.logprobs !== undefined) {
    throw new MillpondError(
      'unsupported-capability',
      'The log probabilities of a repeated prompt are not available; ask without "echo" or without "logprobs"',
      { param: 'logprobs' },
    );
  }
  const { prompt } = input;
  if (typeof prompt === 'string') checkCharacters(prompt, facts.contextLength);
  checkCharacters(input.suffix ?? '', facts.contextLength);
  return {
    prompt: input.suffix === undefined ? completionPrompt(prompt, model) : infill(input, model),
    delivered: deliveredTokens(input.continuation, model),
    reasoning: undefined,
    startsInReasoning: false,
    toolFormat: undefined,
    mustCall: false,
    grammar: formatGrammar(input.format, 'start'),
    reasoningBudget: undefined,
    echo: input.echo
      ? typeof prompt === 'string'
        ? prompt
        : model.detokenize(asTokens(prompt), true)
      : undefined,
  };
}

function refuseImages({ messages }: ChatInput): void {
  for (const message of messages) {
    if (message.role !== 'user') continue;
    if (message.content.some((part) => part.type === 'image')) {
      throw new MillpondError(
        'unsupported-capability',
        'This model cannot see images (capability "vision"); send text only or choose another model',
        { param: 'messages', reason: 'vision' },
      );
    }
  }
}

function toolGrammar(
  input: ChatInput,
  { template }: LoadedModel,
  startsInReasoning: boolean,
): AnswerPlan['grammar'] {
  const grammar = toolCallGrammar({
    tools: input.tools,
    choice: input.toolChoice,
    parallel: input.parallelToolCalls,
    format: template.toolFormat,
    reasoning: template.reasoning,
    startsInReasoning,
  });
  return grammar && { gbnf: grammar.gbnf, start: grammar.from };
}

function formatGrammar(format: OutputFormat, start: GrammarStart): AnswerPlan['grammar'] {
  switch (format.type) {
    case 'text':
      return undefined;
    case 'json-object':
      return { gbnf: compileJsonSchema({ type: 'object' }), start };
    case 'json-schema':
      return { gbnf: compileJsonSchema(format.schema), start };
  }
}

function deliveredTokens(
  continuation: Continuation | undefined,
  model: LlamaModel,
): readonly Token[] {
  if (continuation === undefined) return [];
  return 'tokens' in continuation
    ? checkedTokens(continuation.tokens, model, 'continuation')
    : model.tokenize(continuation.text, true);
}

function completionPrompt(prompt: string | readonly number[], model: LlamaModel): readonly Token[] {
  return typeof prompt === 'string'
    ? tokenizePrompt(model, prompt)
    : checkedTokens(prompt, model, 'prompt');
}

/** Native code must never see an id outside the vocabulary. */
export function checkedTokens(
  ids: readonly number[],
  model: LlamaModel,
  param: string,
): readonly Token[] {
  const vocabulary = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
  const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
  if (wrong === undefined) return asTokens(ids);
  throw new MillpondError(
    'invalid-request',
    `${String(wrong)} is not a token of this model; its ids go from 0 to ${String(vocabulary - 1)}`,
    { param },
  );
}

/** Prefix, suffix, then the model writes the middle: the order the common models were taught. */
function infill(input: CompletionInput, model: LlamaModel): readonly Token[] {
  const { prefix, suffix, middle } = model.tokens.infill;
  if (prefix === null || suffix === null || middle === null) {
    throw new MillpondError(
      'unsupported-capability',
      'This model was not taught to fill in the middle; leave out "suffix" or choose a coding model',
      { param: 'suffix' },
    );
  }
  const before =
    typeof input.prompt === 'string'
      ? model.tokenize(input.prompt)
      : checkedTokens(input.prompt, model, 'prompt');
  const { bos, shouldPrependBosToken } = model.tokens;
  const start = shouldPrependBosToken && bos !== null ? [bos] : [];
  return [...start, prefix, ...before, suffix, ...model.tokenize(input.suffix ?? ''), middle];
}
