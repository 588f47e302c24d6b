import type {
  ChatInput,
  CompletionInput,
  OutputFormat,
  ReasoningEffort,
  Sampling,
  ToolDefinition,
} from '../../../core/inference.ts';
import { present } from '../fields.ts';
import { encodeMessages } from './message-body.ts';
import type { OpenAiQuirks } from './quirks.ts';
import { thinkingFields } from './thinking.ts';

type GenerationInput = ChatInput | CompletionInput;

/** The body of `POST /chat/completions`. What the server does not honour was refused before. */
export function chatBody(input: ChatInput, model: string, quirks: OpenAiQuirks): object {
  return {
    ...generationBody(input, model, quirks),
    ...toolsBody(input),
    ...thinkingBody(input, quirks),
    ...(input.logprobs && { logprobs: true, top_logprobs: input.logprobs.top }),
    messages: encodeMessages(input.messages, quirks.thoughtFields),
  };
}

/** The body of `POST /completions`. `echo` is not sent: the prompt is known here. */
export function completionBody(
  input: CompletionInput,
  model: string,
  quirks: OpenAiQuirks,
): object {
  return {
    ...generationBody(input, model, quirks),
    ...(input.logprobs && { logprobs: input.logprobs.top }),
    ...present({ suffix: input.suffix }),
    prompt: input.prompt,
  };
}

function generationBody(input: GenerationInput, model: string, quirks: OpenAiQuirks): object {
  return {
    model,
    stream: true,
    ...(!quirks.alwaysCounts && { stream_options: { include_usage: true } }),
    ...quirks.extraBody,
    ...samplingBody(input.sampling, quirks),
    ...present({
      [maxTokensField(input, quirks)]: input.maxTokens ?? quirks.defaultMaxTokens,
      response_format: formatBody(input.format),
    }),
    ...(input.stop.length > 0 && !quirks.losesTextAtStop && { stop: input.stop }),
    ...(input.choices > 1 && { n: input.choices }),
  };
}

/** The older API of text completions knows one name alone. */
function maxTokensField(input: GenerationInput, quirks: OpenAiQuirks): string {
  return (input.task === 'chat' ? quirks.maxTokensField : undefined) ?? 'max_tokens';
}

function samplingBody(sampling: Sampling, quirks: OpenAiQuirks): object {
  return present({
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    [quirks.seedField ?? 'seed']: sampling.seed,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    logit_bias: sampling.logitBias,
    [quirks.repeatPenaltyField]: sampling.repeatPenalty,
  });
}

function formatBody(format: OutputFormat): object | undefined {
  switch (format.type) {
    case 'text':
      return undefined;
    case 'json-object':
      return { type: 'json_object' };
    case 'json-schema':
      return {
        type: 'json_schema',
        json_schema: { name: format.name, schema: format.schema, strict: true },
      };
  }
}

/** No tools are sent where none may be called: every server understands that. */
function toolsBody({ tools, toolChoice, parallelToolCalls }: ChatInput): object {
  if (tools.length === 0 || toolChoice === 'none') return {};
  return {
    tools: tools.map(encodeTool),
    ...(toolChoice === 'required' && { tool_choice: 'required' }),
    ...(typeof toolChoice === 'object' && {
      tool_choice: { type: 'function', function: { name: toolChoice.name } },
    }),
    ...(!parallelToolCalls && { parallel_tool_calls: false }),
  };
}

function encodeTool({ name, description, parameters, strict }: ToolDefinition): object {
  return { type: 'function', function: { name, ...present({ description, parameters, strict }) } };
}

function thinkingBody(input: ChatInput, quirks: OpenAiQuirks): object {
  const { reasoning, reasoningBudget, reasoningEffort } = input;
  if (quirks.thinking === 'template') {
    if (reasoning === 'auto') return {};
    const budgetField = quirks.thinkingBudgetField;
    return {
      chat_template_kwargs: { enable_thinking: reasoning === 'on' },
      ...(budgetField !== undefined && present({ [budgetField]: reasoningBudget })),
    };
  }
  const effort = reasoningEffort ?? effortOf(reasoning, reasoningBudget);
  if (effort === undefined) return {};
  const budgetField = effort === 'none' ? undefined : quirks.thinkingBudgetField;
  return {
    ...thinkingFields(quirks.thinking, effort),
    ...(budgetField !== undefined && present({ [budgetField]: reasoningBudget })),
  };
}

/** The words that the decoder turns into budgets, turned back. */
function effortOf(
  reasoning: ChatInput['reasoning'],
  budget: number | undefined,
): ReasoningEffort | undefined {
  if (reasoning === 'auto') return undefined;
  if (reasoning === 'off') return 'none';
  if (budget === undefined) return 'high';
  return budget <= 1024 ? 'low' : 'medium';
}
