import type { ChatMessage, ContentPart, ToolCall } from '../../../core/inference.ts';

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: object[];
}

export interface PromptBody {
  readonly system?: string;
  readonly messages: readonly Turn[];
}

/**
 * The conversation as the API takes it: all that a system message says in front, results of tools at
 * the head of the turn that follows their calls, and no blocks without text.
 */
export function encodePrompt(messages: readonly ChatMessage[]): PromptBody {
  const system = messages.flatMap((message) =>
    message.role === 'system' && message.text !== '' ? [message.text] : [],
  );
  const turns: Turn[] = [];
  messages.forEach((message, index) => {
    if (message.role === 'system') return;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = contentOf(message, index === messages.length - 1);
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) turns.push({ role, content });
  });
  return { ...(system.length > 0 && { system: system.join('\n\n') }), messages: turns };
}

function contentOf(message: Exclude<ChatMessage, { role: 'system' }>, isLast: boolean): object[] {
  switch (message.role) {
    case 'user':
      return partsOf(message.content);
    case 'assistant':
      return [
        ...thoughtOf(message),
        // An answer that is to be gone on with must not end in white space.
        ...textBlocks(isLast ? message.text.trimEnd() : message.text),
        ...(message.toolCalls ?? []).map(encodeCall),
      ];
    case 'tool':
      return [
        {
          type: 'tool_result',
          tool_use_id: safeId(message.toolCallId),
          content: [...textBlocks(message.text), ...(message.images ?? []).map(imageBlock)],
          ...(message.isError === true && { is_error: true }),
        },
      ];
  }
}

/** Only with its signature: the API refuses a thought that nobody vouches for. */
function thoughtOf(message: Extract<ChatMessage, { role: 'assistant' }>): object[] {
  const { reasoning: thinking, reasoningSignature: signature } = message;
  if (thinking === undefined || signature === undefined) return [];
  return [{ type: 'thinking', thinking, signature }];
}

function partsOf(parts: readonly ContentPart[]): object[] {
  return parts.flatMap((part) =>
    part.type === 'text' ? textBlocks(part.text) : [imageBlock(part)],
  );
}

function textBlocks(text: string): object[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

const dataUrl = /^data:([^;,]+);base64,/i;

function imageBlock({ url }: { readonly url: string }): object {
  const inline = dataUrl.exec(url);
  const source =
    inline === null
      ? { type: 'url', url }
      : { type: 'base64', media_type: inline[1], data: url.slice(inline[0].length) };
  return { type: 'image', source };
}

function encodeCall(call: ToolCall): object {
  return {
    type: 'tool_use',
    id: safeId(call.id),
    name: call.name,
    input: inputOf(call.arguments),
  };
}

/** The API takes an object; arguments that are none go along as they were written. */
function inputOf(text: string): object {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Broken off: told below.
  }
  return { arguments: text };
}

/** Ids of other APIs may hold characters that this one refuses; call and result change alike. */
function safeId(id: string): string {
  return id.replaceAll(/[^\w-]/g, '_');
}
