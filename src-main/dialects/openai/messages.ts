import { z } from 'zod';
import type { ChatMessage, ContentPart, ToolCall } from '../../core/inference.ts';
import { MillpondError } from '../../core/error.ts';
import { present, refusedField } from './fields.ts';

const textPart = z.object({ type: z.literal('text'), text: z.string() });
const refusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() });
const imagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.object({ url: z.string(), detail: z.string().nullish() }),
});
const audioPart = z.object({ type: z.literal('input_audio'), input_audio: z.unknown() });
const filePart = z.object({ type: z.literal('file'), file: z.unknown() });

const textContent = z.union([z.string(), z.array(textPart)]);
const toolCall = z.object({
  id: z.string().min(1),
  type: z.literal('function', 'only function calls are supported').default('function'),
  function: z.object({ name: z.string().min(1), arguments: z.string() }),
});
const name = z.string().nullish();

const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: textContent, name }),
  z.object({ role: z.literal('developer'), content: textContent, name }),
  z.object({
    role: z.literal('user'),
    content: z.union([
      z.string(),
      z.array(z.discriminatedUnion('type', [textPart, imagePart, audioPart, filePart])).min(1),
    ]),
    name,
  }),
  z.object({
    role: z.literal('assistant'),
    content: z
      .union([z.string(), z.array(z.discriminatedUnion('type', [textPart, refusalPart]))])
      .nullish(),
    refusal: z.string().nullish(),
    reasoning_content: z.string().nullish(),
    reasoning: z.string().nullish(),
    tool_calls: z.array(toolCall).nullish(),
    function_call: z.unknown().optional(),
    audio: z.unknown().optional(),
    name,
  }),
  z.object({ role: z.literal('tool'), content: textContent, tool_call_id: z.string().min(1) }),
  z.object({ role: z.literal('function'), content: z.unknown(), name }),
]);
export const messagesField = z.array(message).min(1, 'must hold at least one message').max(4096);
type WireMessage = z.output<typeof message>;
type WireOf<Role extends WireMessage['role']> = Extract<WireMessage, { role: Role }>;

/** `ignored` collects the names of message fields that have no effect. */
export function decodeMessages(
  messages: readonly WireMessage[],
  ignored: string[],
): readonly ChatMessage[] {
  return messages.map((each, index) => {
    const at = `messages[${index.toString()}]`;
    switch (each.role) {
      case 'system':
      case 'developer':
        noteName(each.name, ignored);
        return { role: 'system', text: joinText(each.content) };
      case 'user':
        return {
          role: 'user',
          content: decodeUserContent(each.content, at),
          ...present({ name: each.name ?? undefined }),
        };
      case 'assistant':
        noteName(each.name, ignored);
        return decodeAssistant(each, at);
      case 'tool':
        return { role: 'tool', toolCallId: each.tool_call_id, text: joinText(each.content) };
      case 'function':
        throw refusedField(`${at}.role`, "send tool results with the role 'tool'");
    }
  });
}

function decodeAssistant(each: WireOf<'assistant'>, at: string): ChatMessage {
  if (each.function_call !== undefined && each.function_call !== null) {
    throw refusedField(`${at}.function_call`, "send earlier calls as 'tool_calls'");
  }
  if (each.audio !== undefined && each.audio !== null) {
    throw refusedField(`${at}.audio`, 'there is no audio output');
  }
  const toolCalls = each.tool_calls?.map((call): ToolCall => ({
    id: call.id,
    name: call.function.name,
    arguments: call.function.arguments,
  }));
  return {
    role: 'assistant',
    text: joinText(each.content ?? each.refusal ?? ''),
    ...present({
      reasoning: each.reasoning_content ?? each.reasoning ?? undefined,
      toolCalls: toolCalls?.length === 0 ? undefined : toolCalls,
    }),
  };
}

function decodeUserContent(content: WireOf<'user'>['content'], at: string): ContentPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part, index) => {
    const param = `${at}.content[${index.toString()}]`;
    switch (part.type) {
      case 'text':
        return { type: 'text', text: part.text };
      case 'image_url':
        return decodeImage(part.image_url.url, `${param}.image_url`);
      case 'input_audio':
        throw unsupportedPart(param, 'audio');
      case 'file':
        throw unsupportedPart(param, 'file');
    }
  });
}

/** Millpond fetches nothing on behalf of a caller: pictures travel inside the request. */
function decodeImage(url: string, param: string): ContentPart {
  if (/^data:image\/[a-z0-9.+-]+;base64,/i.test(url)) return { type: 'image', url };
  throw new MillpondError(
    'invalid-request',
    `'${param}' must be a data: URL; addresses are not fetched`,
    { param, reason: 'unsupported_parameter' },
  );
}

function unsupportedPart(param: string, capability: string): MillpondError {
  return new MillpondError(
    'unsupported-capability',
    `'${param}': models here do not take ${capability} input`,
    { param, reason: 'unsupported_content' },
  );
}

type TextLike = { readonly text: string } | { readonly refusal: string };

function joinText(content: string | readonly TextLike[]): string {
  if (typeof content === 'string') return content;
  return content.map((part) => ('text' in part ? part.text : part.refusal)).join('');
}

function noteName(value: string | null | undefined, ignored: string[]): void {
  if (typeof value === 'string' && !ignored.includes('messages[].name')) {
    ignored.push('messages[].name');
  }
}
