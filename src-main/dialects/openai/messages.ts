import { z } from 'zod';
import type { ChatMessage, ContentPart, ToolCall } from '../../core/inference.ts';
import { present, refusedField } from './fields.ts';
import type { Findings } from './fields.ts';

const textPart = z.object({ type: z.literal('text'), text: z.string() });
const refusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() });
const imagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.object({ url: z.string(), detail: z.string().nullish() }),
});
const audioPart = z.object({ type: z.literal('input_audio'), input_audio: z.unknown() });
const filePart = z.object({ type: z.literal('file'), file: z.unknown() });

const textContent = z.union([z.string(), z.array(textPart)]);
const functionCall = z.object({
  id: z.string().min(1),
  type: z.literal('function').default('function'),
  function: z.object({ name: z.string().min(1), arguments: z.string() }),
});
const customCall = z.object({ type: z.literal('custom'), id: z.string().min(1) });
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
    tool_calls: z.array(z.union([functionCall, customCall])).nullish(),
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

/** What is said here and has no effect, or no canonical form, is added to `findings`. */
export function decodeMessages(
  messages: readonly WireMessage[],
  findings: Findings,
): readonly ChatMessage[] {
  return messages.flatMap((each, index): ChatMessage[] => {
    const at = `messages[${index.toString()}]`;
    switch (each.role) {
      case 'system':
      case 'developer':
        noteName(each.name, findings);
        return [{ role: 'system', text: joinText(each.content) }];
      case 'user': {
        const content = decodeUserContent(each.content, at, findings);
        return [{ role: 'user', content, ...present({ name: each.name ?? undefined }) }];
      }
      case 'assistant':
        noteName(each.name, findings);
        return [decodeAssistant(each, at, findings)];
      case 'tool':
        return [{ role: 'tool', toolCallId: each.tool_call_id, text: joinText(each.content) }];
      case 'function':
        demand(findings, `${at}.role`, "send tool results with the role 'tool'");
        return [];
    }
  });
}

function demand({ demands }: Findings, param: string, why: string): void {
  demands.push({ param, why });
}

function decodeAssistant(each: WireOf<'assistant'>, at: string, findings: Findings): ChatMessage {
  if (each.function_call !== undefined && each.function_call !== null) {
    demand(findings, `${at}.function_call`, "send earlier calls as 'tool_calls'");
  }
  if (each.audio !== undefined && each.audio !== null) {
    demand(findings, `${at}.audio`, 'there is no audio output');
  }
  const toolCalls = each.tool_calls?.flatMap((call, index): ToolCall[] => {
    if (call.type === 'function') return [{ id: call.id, ...call.function }];
    demand(
      findings,
      `${at}.tool_calls[${index.toString()}].type`,
      'only function tools exist here',
    );
    return [];
  });
  return {
    role: 'assistant',
    text: joinText(each.content ?? each.refusal ?? ''),
    ...present({
      reasoning: each.reasoning_content ?? each.reasoning ?? undefined,
      toolCalls: toolCalls?.length === 0 ? undefined : toolCalls,
    }),
  };
}

function decodeUserContent(
  content: WireOf<'user'>['content'],
  at: string,
  findings: Findings,
): ContentPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.flatMap((part, index): ContentPart[] => {
    const param = `${at}.content[${index.toString()}]`;
    switch (part.type) {
      case 'text':
        return [{ type: 'text', text: part.text }];
      case 'image_url':
        return [decodeImage(part.image_url.url, `${param}.image_url`, findings)];
      case 'input_audio':
      case 'file':
        demand(findings, param, noInput(part.type === 'file' ? 'file' : 'audio'));
        return [];
    }
  });
}

export const noInput = (kind: 'audio' | 'file'): string => `models here do not take ${kind} input`;

const notFetched = 'a picture must be a data: URL; addresses are not fetched';

/**
 * Pictures travel inside the request, or their address goes to a provider that fetches it. Only a gateway
 * whose owner allows it fetches them for everybody else.
 */
export function decodeImage(url: string, param: string, findings: Findings): ContentPart {
  if (/^data:image\/[a-z0-9.+-]+;base64,/i.test(url)) return { type: 'image', url };
  if (!/^https?:\/\//i.test(url)) {
    throw refusedField(param, 'a picture is a data: URL, or an http address for a provider');
  }
  findings.demands.push({ param, why: notFetched, pictureUrl: url });
  return { type: 'image', url };
}

type TextLike = { readonly text: string } | { readonly refusal: string };

function joinText(content: string | readonly TextLike[]): string {
  if (typeof content === 'string') return content;
  return content.map((part) => ('text' in part ? part.text : part.refusal)).join('');
}

function noteName(value: string | null | undefined, { ignored }: Findings): void {
  if (typeof value === 'string' && !ignored.includes('messages[].name')) {
    ignored.push('messages[].name');
  }
}
