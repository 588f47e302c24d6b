import type { ChatInput, CountInput, ToolDefinition } from '../../../core/inference.ts';
import { present } from '../../openai/fields.ts';
import { encodePrompt } from './message-body.ts';
import type { ModelFamily } from './model-family.ts';
import { thinkingBody } from './thinking-body.ts';

export interface BodyContext {
  /** What the server calls the model. */
  readonly model: string;
  readonly family: ModelFamily;
  readonly serverName: string;
}

/** The body of `POST /messages`. What the API cannot say was refused before. */
export function messageBody(input: ChatInput, { model, family, serverName }: BodyContext): object {
  const maxTokens = input.maxTokens ?? family.defaultMaxTokens;
  const { thinking, effort } = thinkingBody(input, family, { maxTokens, serverName });
  const { sampling, format } = input;
  const outputConfig = present({
    effort,
    format:
      format.type === 'json-schema' ? { type: 'json_schema', schema: format.schema } : undefined,
  });
  return {
    model,
    max_tokens: maxTokens,
    stream: true,
    ...encodePrompt(input.messages),
    ...toolsBody(input),
    ...(input.stop.length > 0 && { stop_sequences: input.stop }),
    ...present({
      thinking,
      temperature: sampling.temperature,
      top_p: sampling.topP,
      top_k: sampling.topK,
    }),
    ...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
  };
}

/** The body of `POST /messages/count_tokens`. */
export function countBody({ messages, tools }: CountInput, model: string): object {
  return {
    model,
    ...encodePrompt(messages),
    ...(tools.length > 0 && { tools: tools.map(encodeTool) }),
  };
}

/** Tools that must not be called are sent all the same: earlier calls of them need it. */
function toolsBody({ tools, toolChoice, parallelToolCalls }: ChatInput): object {
  if (tools.length === 0) return {};
  const single = !parallelToolCalls && { disable_parallel_tool_use: true };
  const choice =
    typeof toolChoice === 'object'
      ? { type: 'tool', name: toolChoice.name, ...single }
      : toolChoice === 'none'
        ? { type: 'none' }
        : { type: toolChoice === 'required' ? 'any' : 'auto', ...single };
  const isUsual = toolChoice === 'auto' && parallelToolCalls;
  return { tools: tools.map(encodeTool), ...(!isUsual && { tool_choice: choice }) };
}

function encodeTool({ name, description, parameters, strict }: ToolDefinition): object {
  const schema = typeof parameters === 'object' ? parameters : {};
  return {
    name,
    ...present({ description, strict }),
    input_schema: { type: 'object', ...schema },
  };
}
