import type { ChatMessage, ContentPart, ToolCall } from '../../core/inference.ts';
import { MillpondError } from '../../core/error.ts';
import type { Findings } from '../openai/fields.ts';
import { attributionName, withoutAttribution } from './attribution.ts';
import type {
  AnyBlock,
  BlockOf,
  KnownBlock,
  ResultBlock,
  TextOnly,
  WireMessage,
} from './blocks.ts';

/** The system prompt and the turns. What has no canonical form is added to `findings`. */
export function decodeMessages(
  system: TextOnly | undefined,
  messages: readonly WireMessage[],
  findings: Findings,
): readonly ChatMessage[] {
  return [
    ...systemMessage(system ?? '', findings),
    ...messages.flatMap((message, index) => {
      const at = `messages[${index.toString()}]`;
      switch (message.role) {
        case 'system':
          return systemMessage(message.content, findings);
        case 'user':
          return userMessages(message.content, at, findings);
        case 'assistant':
          return [assistantMessage(message.content, at, findings)];
      }
    }),
  ];
}

/** Blocks of a system prompt are paragraphs of one text: most templates know only one. */
function systemMessage(content: TextOnly, findings: Findings): readonly ChatMessage[] {
  const texts = typeof content === 'string' ? [content] : content.map(({ text }) => text);
  const said = texts.map(withoutAttribution);
  if (said.some((text, index) => text !== texts[index])) ignore(findings, attributionName);
  const text = said.filter((paragraph) => paragraph !== '').join('\n\n');
  return text === '' ? [] : [{ role: 'system', text }];
}

/** Results of tools become messages of their own, in the order in which they stand among the rest. */
function userMessages(
  content: WireMessage['content'] | readonly AnyBlock[],
  at: string,
  findings: Findings,
): readonly ChatMessage[] {
  if (typeof content === 'string') return [userText(content)];
  const messages: ChatMessage[] = [];
  let parts: ContentPart[] = [];
  const flush = (): void => {
    if (parts.length > 0) messages.push({ role: 'user', content: parts });
    parts = [];
  };
  content.forEach((block, index) => {
    const param = `${at}.content[${index.toString()}]`;
    if (isOf(block, 'tool_result')) {
      flush();
      messages.push(toolMessage(block, param, findings));
    } else {
      parts.push(...partsOf(block, param, findings));
    }
  });
  flush();
  return messages;
}

const userText = (text: string): ChatMessage => ({
  role: 'user',
  content: [{ type: 'text', text }],
});

function toolMessage(block: BlockOf<'tool_result'>, at: string, findings: Findings): ChatMessage {
  const content = block.content ?? '';
  const parts: readonly ContentPart[] =
    typeof content === 'string'
      ? [{ type: 'text', text: content }]
      : content.flatMap((each, index) =>
          partsOf(each, `${at}.content[${index.toString()}]`, findings),
        );
  const images = parts.flatMap((part) => (part.type === 'image' ? [{ url: part.url }] : []));
  return {
    role: 'tool',
    toolCallId: block.tool_use_id,
    text: textOf(parts).join('\n'),
    ...(images.length > 0 && { images }),
    ...(block.is_error === true && { isError: true }),
  };
}

function textOf(parts: readonly ContentPart[]): readonly string[] {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
}

function partsOf(
  block: AnyBlock | ResultBlock,
  param: string,
  findings: Findings,
): readonly ContentPart[] {
  if (isOf(block, 'text')) return [{ type: 'text', text: block.text }];
  if (isOf(block, 'image')) return imageParts(block, param, findings);
  if (isOf(block, 'document')) return documentParts(block, param, findings);
  if (isOf(block, 'tool_use') || isOf(block, 'thinking') || isOf(block, 'redacted_thinking')) {
    throw misplaced(param, block.type, 'user');
  }
  demandBlock(block.type, param, findings);
  return [];
}

function imageParts(
  { source }: BlockOf<'image'>,
  param: string,
  { demands }: Findings,
): readonly ContentPart[] {
  switch (source.type) {
    case 'base64':
      return [{ type: 'image', url: `data:${source.media_type};base64,${source.data}` }];
    case 'url':
      demands.push({
        param: `${param}.source`,
        why: 'send pictures inside the request, as base64',
        pictureUrl: source.url,
      });
      return [{ type: 'image', url: source.url }];
    case 'file':
      demands.push({ param: `${param}.source`, why: 'no files are kept here' });
      return [];
  }
}

/** A document of plain text is a text; anything else takes a model that reads documents. */
function documentParts(
  { source, title, context, citations }: BlockOf<'document'>,
  param: string,
  { demands }: Findings,
): readonly ContentPart[] {
  if (source.type === 'text' && source.data !== undefined && citations?.enabled !== true) {
    const paragraphs = [title, context, source.data].filter((text) => Boolean(text));
    return [{ type: 'text', text: paragraphs.join('\n\n') }];
  }
  demands.push({ param, why: 'models here do not take documents' });
  return [];
}

interface Said {
  readonly texts: string[];
  readonly thoughts: BlockOf<'thinking'>[];
  readonly toolCalls: ToolCall[];
}

function assistantMessage(
  content: WireMessage['content'] | readonly AnyBlock[],
  at: string,
  findings: Findings,
): ChatMessage {
  if (typeof content === 'string') return { role: 'assistant', text: content };
  const said: Said = { texts: [], thoughts: [], toolCalls: [] };
  content.forEach((block, index) => {
    addSaid(said, block, { param: `${at}.content[${index.toString()}]`, findings });
  });
  const { texts, thoughts, toolCalls } = said;
  return {
    role: 'assistant',
    text: texts.join(''),
    ...reasoningOf(thoughts),
    ...(toolCalls.length > 0 && { toolCalls }),
  };
}

/** A signature vouches for one block: for several that are joined there is none. */
function reasoningOf(thoughts: readonly BlockOf<'thinking'>[]): {
  readonly reasoning?: string;
  readonly reasoningSignature?: string;
} {
  if (thoughts.length === 0) return {};
  const reasoning = thoughts.map(({ thinking }) => thinking).join('\n\n');
  const signature = thoughts.length === 1 ? thoughts[0]?.signature : undefined;
  return { reasoning, ...(signature && { reasoningSignature: signature }) };
}

function addSaid(
  { texts, thoughts, toolCalls }: Said,
  block: AnyBlock,
  { param, findings }: { readonly param: string; readonly findings: Findings },
): void {
  if (isOf(block, 'text')) texts.push(block.text);
  else if (isOf(block, 'thinking')) thoughts.push(block);
  else if (isOf(block, 'redacted_thinking')) {
    // Only the provider that wrote it can read it: to another model it says nothing.
    ignore(findings, 'messages[].content[].redacted_thinking');
  } else if (isOf(block, 'tool_use')) {
    toolCalls.push({
      id: block.id,
      name: block.name,
      arguments: JSON.stringify(block.input ?? {}),
    });
  } else if (isOf(block, 'tool_result')) {
    throw misplaced(param, block.type, 'assistant');
  } else demandBlock(block.type, param, findings);
}

function demandBlock(type: string, param: string, { demands }: Findings): void {
  demands.push({ param, why: `models here know no blocks of the type '${type.slice(0, 60)}'` });
}

function isOf<Type extends KnownBlock['type']>(
  block: AnyBlock,
  type: Type,
): block is BlockOf<Type> {
  return block.type === type;
}

function ignore({ ignored }: Findings, name: string): void {
  if (!ignored.includes(name)) ignored.push(name);
}

function misplaced(param: string, type: string, role: string): MillpondError {
  return new MillpondError(
    'invalid-request',
    `'${param}': a ${type} block does not belong into a message of the role '${role}'`,
    { param },
  );
}
