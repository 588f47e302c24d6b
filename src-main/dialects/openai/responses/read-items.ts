import type { ChatMessage, ContentPart, ToolCall } from '../../../core/inference.ts';
import { refusedField } from '../fields.ts';
import type { Findings } from '../fields.ts';
import { decodeImage, noInput } from '../messages.ts';
import type { RequestItem, WirePart } from './request-items.ts';

type ItemOf<Type extends RequestItem['type']> = Extract<RequestItem, { type: Type }>;

interface AssistantTurn {
  text: string;
  reasoning: string;
  readonly toolCalls: ToolCall[];
}

/**
 * Items in the order of a conversation, as messages: what a model thought, said and called in one go is
 * one message. `at` names the list in errors.
 */
export function messagesOf(
  items: readonly RequestItem[],
  at: string,
  findings: Findings,
): readonly ChatMessage[] {
  const reader = new ItemReader(findings);
  items.forEach((item, index) => {
    reader.add(item, `${at}[${index.toString()}]`);
  });
  return reader.end();
}

class ItemReader {
  private readonly messages: ChatMessage[] = [];
  private readonly findings: Findings;
  private turn: AssistantTurn | undefined;

  constructor(findings: Findings) {
    this.findings = findings;
  }

  add(item: RequestItem, at: string): void {
    switch (item.type) {
      case 'message':
        this.addMessage(item, at);
        return;
      case 'reasoning':
        this.openTurn((turn) => turn.text === '' && turn.toolCalls.length === 0).reasoning +=
          reasoningText(item);
        this.noteSealed(item);
        return;
      case 'function_call':
        this.openTurn(() => true).toolCalls.push({
          id: item.call_id,
          name: item.name,
          arguments: item.arguments,
        });
        return;
      case 'function_call_output':
        this.closeTurn();
        this.messages.push(this.toolMessage(item, at));
        return;
      case 'item_reference':
        this.findings.demands.push({ param: at, why: 'no item with this id is kept here' });
        return;
      case 'foreign':
        this.findings.demands.push({
          param: `${at}.type`,
          why: `'${item.name}' is a tool of its provider`,
        });
    }
  }

  end(): readonly ChatMessage[] {
    this.closeTurn();
    return this.messages;
  }

  private addMessage({ role, content }: ItemOf<'message'>, at: string): void {
    if (role === 'assistant') {
      const turn = this.openTurn((open) => open.text === '' && open.toolCalls.length === 0);
      turn.text += this.textOf(content, at);
      return;
    }
    this.closeTurn();
    if (role === 'user') this.messages.push({ role, content: this.partsOf(content, at) });
    else this.messages.push({ role: 'system', text: this.textOf(content, at) });
  }

  private toolMessage(
    { call_id, output }: ItemOf<'function_call_output'>,
    at: string,
  ): ChatMessage {
    const parts = this.partsOf(output, at, 'output');
    const images = parts.flatMap((part) => (part.type === 'image' ? [{ url: part.url }] : []));
    return {
      role: 'tool',
      toolCallId: call_id,
      text: joined(parts),
      ...(images.length > 0 && { images }),
    };
  }

  /** The turn that goes on, or a new one where the last cannot take any more. */
  private openTurn(takesMore: (turn: AssistantTurn) => boolean): AssistantTurn {
    if (this.turn !== undefined && !takesMore(this.turn)) this.closeTurn();
    this.turn ??= { text: '', reasoning: '', toolCalls: [] };
    return this.turn;
  }

  private closeTurn(): void {
    const { turn } = this;
    this.turn = undefined;
    if (turn === undefined) return;
    const { text, reasoning, toolCalls } = turn;
    if (text === '' && reasoning === '' && toolCalls.length === 0) return;
    this.messages.push({
      role: 'assistant',
      text,
      ...(reasoning !== '' && { reasoning }),
      ...(toolCalls.length > 0 && { toolCalls }),
    });
  }

  private textOf(content: string | readonly WirePart[], at: string): string {
    return joined(this.partsOf(content, at));
  }

  private partsOf(
    content: string | readonly WirePart[],
    at: string,
    field = 'content',
  ): ContentPart[] {
    if (typeof content === 'string') return [{ type: 'text', text: content }];
    return content.flatMap((part, index) =>
      this.readPart(part, `${at}.${field}[${index.toString()}]`),
    );
  }

  private readPart(part: WirePart, param: string): ContentPart[] {
    switch (part.type) {
      case 'refusal':
        return [{ type: 'text', text: part.refusal }];
      case 'input_image':
        return this.readImage(part, param);
      case 'input_file':
      case 'input_audio':
        this.findings.demands.push({
          param,
          why: noInput(part.type === 'input_file' ? 'file' : 'audio'),
        });
        return [];
      default:
        return [{ type: 'text', text: part.text }];
    }
  }

  private readImage(
    { image_url, file_id }: Extract<WirePart, { type: 'input_image' }>,
    param: string,
  ): ContentPart[] {
    if (typeof image_url === 'string') {
      return [decodeImage(image_url, `${param}.image_url`, this.findings)];
    }
    if (typeof file_id !== 'string') throw refusedField(param, "a picture needs its 'image_url'");
    this.findings.demands.push({ param: `${param}.file_id`, why: 'files are not kept here' });
    return [];
  }

  /** Sealed thoughts are readable only where they were written. */
  private noteSealed({ encrypted_content }: ItemOf<'reasoning'>): void {
    const { ignored } = this.findings;
    const name = 'input[].encrypted_content';
    if (typeof encrypted_content === 'string' && !ignored.includes(name)) ignored.push(name);
  }
}

function reasoningText({ content }: ItemOf<'reasoning'>): string {
  return (content ?? []).map(({ text }) => text).join('\n');
}

function joined(parts: readonly ContentPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
