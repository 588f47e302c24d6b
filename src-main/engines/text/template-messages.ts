import { MillpondError } from '../../core/error.ts';
import type { ChatMessage, ToolCall, ToolDefinition } from '../../core/inference.ts';
import type { ReasoningTags } from './reasoning-tags.ts';
import type { TemplateTraits } from './template-traits.ts';
import {
  type TemplateTool,
  toolCallsAsText,
  toolInstruction,
  toolResultAsText,
} from './tool-instruction.ts';

/** A message in the shape that chat templates read. */
export interface TemplateMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly reasoning_content?: string;
  readonly thinking?: string;
  readonly tool_calls?: readonly TemplateToolCall[];
  readonly tool_call_id?: string;
  readonly name?: string;
}

interface TemplateToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: unknown };
}

const usualTags: ReasoningTags = { open: '<think>', close: '</think>' };

export function toTemplateTools(tools: readonly ToolDefinition[]): TemplateTool[] {
  return tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      parameters: parameters ?? { type: 'object', properties: {} },
    },
  }));
}

/** Puts a chat into the words of one template: what the template can't show becomes plain text. */
export function toTemplateMessages(
  messages: readonly ChatMessage[],
  tools: readonly TemplateTool[],
  traits: TemplateTraits,
): TemplateMessage[] {
  const names = new Map<string, string>();
  const mapped = messages.map((message): TemplateMessage => {
    switch (message.role) {
      case 'system':
        return { role: 'system', content: message.text };
      case 'user':
        return { role: 'user', content: textOf(message.content) };
      case 'assistant':
        for (const call of message.toolCalls ?? []) names.set(call.id, call.name);
        return assistantMessage(message, traits);
      case 'tool':
        return toolMessage(message, names.get(message.toolCallId), traits);
    }
  });
  if (tools.length === 0 || traits.showsTools) return mapped;
  return [{ role: 'system', content: toolInstruction(tools) }, ...mapped];
}

function textOf(content: Extract<ChatMessage, { role: 'user' }>['content']): string {
  return content
    .map((part) => {
      if (part.type === 'text') return part.text;
      throw new MillpondError('unsupported-capability', 'This model cannot read images (vision)', {
        param: 'messages',
        reason: 'vision',
      });
    })
    .join('\n');
}

function assistantMessage(
  message: Extract<ChatMessage, { role: 'assistant' }>,
  traits: TemplateTraits,
): TemplateMessage {
  const { reasoning, toolCalls = [] } = message;
  let content = message.text;
  if (toolCalls.length > 0 && !traits.showsTools) {
    content = [content, toolCallsAsText(toolCalls)].filter((text) => text !== '').join('\n');
  }
  const hasReasoning = reasoning !== undefined && reasoning !== '';
  if (hasReasoning && !traits.showsReasoning) {
    const { open, close } = traits.reasoning ?? usualTags;
    content = `${open}\n${reasoning}\n${close}\n\n${content}`;
  }
  return {
    role: 'assistant',
    content,
    ...(hasReasoning &&
      traits.showsReasoning && { reasoning_content: reasoning, thinking: reasoning }),
    ...(toolCalls.length > 0 && traits.showsTools && { tool_calls: toolCalls.map(templateCall) }),
  };
}

function templateCall(call: ToolCall): TemplateToolCall {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: parseArguments(call.arguments) },
  };
}

/** Templates print the arguments with `tojson`; text that is no JSON is passed on as text. */
function parseArguments(text: string): unknown {
  try {
    return text.trim() === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    return text; // an earlier answer may have been cut inside a call: the template shows it as it is
  }
}

function toolMessage(
  message: Extract<ChatMessage, { role: 'tool' }>,
  name: string | undefined,
  traits: TemplateTraits,
): TemplateMessage {
  if (!traits.showsTools) return { role: 'user', content: toolResultAsText(message.text) };
  return {
    role: 'tool',
    content: message.text,
    tool_call_id: message.toolCallId,
    ...(name !== undefined && { name }),
  };
}

/** One system message in front, no two turns of one person in a row: what strict templates want. */
export function mergeTurns(messages: readonly TemplateMessage[]): TemplateMessage[] {
  const system = messages.filter((message) => message.role === 'system');
  const others = messages.filter((message) => message.role !== 'system');
  const merged: TemplateMessage[] = [];
  for (const message of others) {
    const last = merged.at(-1);
    if (last !== undefined && canMerge(last, message)) {
      merged[merged.length - 1] = { ...message, content: joinTexts(last.content, message.content) };
    } else {
      merged.push(message);
    }
  }
  if (system.length === 0) return merged;
  const content = system.map((message) => message.content).reduce(joinTexts);
  return [{ role: 'system', content }, ...merged];
}

function canMerge(first: TemplateMessage, second: TemplateMessage): boolean {
  if (first.role !== second.role || first.role === 'tool') return false;
  return first.tool_calls === undefined && first.reasoning_content === undefined;
}

/** For templates without a system role: its text leads the first user message. Expects merged turns. */
export function foldSystem(messages: readonly TemplateMessage[]): TemplateMessage[] {
  const [first, ...others] = mergeTurns(messages);
  if (first === undefined) return [];
  if (first.role === 'user') return [first, ...others];
  const opening: TemplateMessage = {
    role: 'user',
    content: first.role === 'system' ? first.content : '',
  };
  return mergeTurns([opening, ...(first.role === 'system' ? others : [first, ...others])]);
}

function joinTexts(first: string, second: string): string {
  return first === '' || second === '' ? first + second : `${first}\n\n${second}`;
}
