import type { ChatMessage, ContentPart, ToolCall } from '../../../core/inference.ts';
import { present } from '../fields.ts';

/** What a server calls the thoughts of earlier turns; empty for one that refuses to be told them. */
export type ThoughtFields = readonly ('reasoning_content' | 'reasoning')[];

/** Both spellings are in use; most servers skip the one that they do not know. */
const everyThoughtField: ThoughtFields = ['reasoning_content', 'reasoning'];

/**
 * A conversation as every server of this API reads it; pictures travel inside as data: URLs. A result of
 * a tool is text alone: its pictures follow in a message of their own, behind all results of that turn.
 */
export function encodeMessages(
  messages: readonly ChatMessage[],
  thoughtFields: ThoughtFields = everyThoughtField,
): readonly object[] {
  const encoded: object[] = [];
  let pictures: ContentPart[] = [];
  const flush = (): void => {
    if (pictures.length > 0) encoded.push({ role: 'user', content: encodeContent(pictures) });
    pictures = [];
  };
  for (const message of messages) {
    if (message.role !== 'tool') flush();
    encoded.push(encodeMessage(message, thoughtFields));
    if (message.role !== 'tool' || message.images === undefined) continue;
    pictures.push({ type: 'text', text: `Pictures of the result ${message.toolCallId}:` });
    pictures.push(...message.images.map(({ url }): ContentPart => ({ type: 'image', url })));
  }
  flush();
  return encoded;
}

function encodeMessage(message: ChatMessage, thoughtFields: ThoughtFields): object {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.text };
    case 'user':
      return {
        role: 'user',
        content: encodeContent(message.content),
        ...present({ name: message.name }),
      };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.text === '' && message.toolCalls !== undefined ? null : message.text,
        ...(message.reasoning !== undefined && thoughtsBody(message.reasoning, thoughtFields)),
        ...(message.toolCalls !== undefined && { tool_calls: message.toolCalls.map(encodeCall) }),
      };
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: message.text };
  }
}

function thoughtsBody(reasoning: string, fields: ThoughtFields): object {
  return Object.fromEntries(fields.map((field) => [field, reasoning]));
}

/** Text alone goes as a string: some chat templates know nothing else. */
function encodeContent(parts: readonly ContentPart[]): string | object[] {
  if (parts.every((part) => part.type === 'text')) return parts.map((part) => part.text).join('');
  return parts.map((part) =>
    part.type === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'image_url', image_url: { url: part.url } },
  );
}

function encodeCall(call: ToolCall): object {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  };
}
