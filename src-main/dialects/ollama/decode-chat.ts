import { z } from 'zod';
import type {
  ChatInput,
  ChatMessage,
  CountInput,
  ToolCall,
  ToolDefinition,
} from '../../core/inference.ts';
import type { Decoded } from '../decoded.ts';
import { present, readBody } from '../openai/fields.ts';
import {
  decodeGeneration,
  decodeImages,
  decodeThinking,
  generationFields,
  imagesField,
  noteIgnored,
  refuseUnloading,
} from './fields.ts';

const message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string().default(''),
  thinking: z.string().nullish(),
  images: imagesField,
  tool_calls: z
    .array(
      z.object({
        id: z.string().nullish(),
        function: z.object({
          name: z.string().min(1),
          arguments: z.record(z.string(), z.unknown()).default({}),
        }),
      }),
    )
    .nullish(),
  tool_name: z.string().nullish(),
  tool_call_id: z.string().nullish(),
});
type WireMessage = z.output<typeof message>;

const tool = z.object({
  type: z.literal('function').default('function'),
  function: z.object({
    name: z.string().min(1),
    description: z.string().nullish(),
    parameters: z.union([z.boolean(), z.record(z.string(), z.unknown())]).nullish(),
  }),
});

const chatBody = z.object({
  ...generationFields,
  messages: z.array(message).max(4096).default([]),
  tools: z.array(tool).max(1024).default([]),
});

export type DecodedOllama<Input extends ChatInput | CountInput = ChatInput | CountInput> =
  Decoded<Input>;

/** `POST /api/chat`. Without messages it loads the model and says nothing. */
export function decodeOllamaChat(body: unknown): DecodedOllama {
  const { value, ignored } = readBody(body, chatBody, {});
  noteIgnored(value, ignored);
  const common = {
    ...{ model: value.model, stream: value.stream, includeUsage: true, ignored },
  };
  if (value.messages.length === 0) {
    refuseUnloading(value.keep_alive);
    return { ...common, input: onlyLoad };
  }
  const tools = value.tools.map(toolOf);
  return {
    ...common,
    input: {
      task: 'chat',
      messages: decodeMessages(value.messages),
      tools,
      toolChoice: tools.length === 0 ? 'none' : 'auto',
      parallelToolCalls: true,
      ...decodeGeneration(value),
      ...decodeThinking(value.think),
    },
  };
}

/** Brings the model into memory and generates nothing. */
export const onlyLoad: CountInput = {
  task: 'count',
  messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }],
  tools: [],
};

function toolOf({ function: { name, description, parameters } }: z.output<typeof tool>) {
  const definition: ToolDefinition = {
    name,
    ...present({
      description: description ?? undefined,
      parameters: parameters ?? undefined,
    }),
  };
  return definition;
}

/** Results of tools follow their calls by name or order here: ids are given to both. */
function decodeMessages(messages: readonly WireMessage[]): readonly ChatMessage[] {
  const open: { readonly id: string; readonly name: string }[] = [];
  let calls = 0;
  const callOf = ({ id, function: called }: NonNullable<WireMessage['tool_calls']>[number]) => {
    calls += 1;
    const call: ToolCall = {
      id: id ?? `call_${calls.toString()}`,
      name: called.name,
      arguments: JSON.stringify(called.arguments),
    };
    open.push(call);
    return call;
  };
  const answered = (wire: WireMessage): string => {
    const { tool_call_id: told, tool_name: name } = wire;
    const matches = open.findIndex((call) =>
      typeof told === 'string' ? call.id === told : name === call.name,
    );
    const [call] = open.splice(Math.max(0, matches), 1);
    return told ?? call?.id ?? `call_of_${name ?? 'tool'}`;
  };
  return messages.map((wire, index): ChatMessage => {
    const images = decodeImages(wire.images, `messages[${index.toString()}].images`);
    switch (wire.role) {
      case 'system':
        return { role: 'system', text: wire.content };
      case 'user':
        return { role: 'user', content: [{ type: 'text', text: wire.content }, ...images] };
      case 'assistant': {
        const toolCalls = (wire.tool_calls ?? []).map(callOf);
        return {
          role: 'assistant',
          text: wire.content,
          ...(typeof wire.thinking === 'string' && { reasoning: wire.thinking }),
          ...(toolCalls.length > 0 && { toolCalls }),
        };
      }
      case 'tool':
        return {
          role: 'tool',
          toolCallId: answered(wire),
          text: wire.content,
          ...(images.length > 0 && { images: images.map(({ url }) => ({ url })) }),
        };
    }
  });
}
