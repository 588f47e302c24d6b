import type { MillpondError } from '../../../core/error.ts';
import type {
  FinishChunk,
  InferenceChunk,
  ServedBy,
  TextChunk,
  ToolCallChunk,
} from '../../../core/inference.ts';
import { noUsage } from '../../../core/usage.ts';
import type { AnswerIdentity } from '../../stream.ts';
import { encodeLogprob } from '../logprobs.ts';
import type { WireLogprob } from '../logprobs.ts';
import type { ResponseBody } from './decode-response.ts';
import { cutReasons, responseObject } from './response-object.ts';
import type { OutputItem, OutputText, Progress, ResponseObject } from './response-object.ts';

/** Told about each step of an answer while it is put together. `event` has no sequence number yet. */
export type OnStep = (event: ResponseStep) => void;
export type ResponseStep = { readonly type: string } & Readonly<Record<string, unknown>>;

type ItemOf<Type extends OutputItem['type']> = Extract<OutputItem, { type: Type }>;

/** Puts the output items of one answer together, chunk by chunk, and tells each step in order. */
export class ResponseBuilder {
  readonly output: OutputItem[] = [];
  /** True for an answer that its server wrote itself: none of it is known here. */
  isForeign = false;
  private readonly asked: ResponseBody;
  private readonly answer: AnswerIdentity;
  private readonly tell: OnStep;
  private servedBy: ServedBy | undefined;
  private hasBegun = false;
  private writing: ItemOf<'message'> | ItemOf<'reasoning'> | undefined;
  private readonly calls = new Map<number, ItemOf<'function_call'>>();
  private finish: FinishChunk | undefined;

  constructor(asked: ResponseBody, answer: AnswerIdentity, tell: OnStep = () => undefined) {
    this.asked = asked;
    this.answer = answer;
    this.tell = tell;
  }

  add(chunk: InferenceChunk): void {
    switch (chunk.type) {
      case 'head':
        this.servedBy = chunk.servedBy;
        return;
      case 'raw':
        this.isForeign = true;
        return;
      case 'text':
      case 'reasoning':
        this.begin();
        if (chunk.type === 'text') this.addText(chunk);
        else this.addThought(chunk);
        return;
      case 'tool-call':
        this.begin();
        this.addCall(chunk);
        return;
      case 'finish':
        this.begin();
        this.finish = chunk;
        this.closeAll(cutReasons[chunk.reason] === undefined ? 'completed' : 'incomplete');
        return;
      case 'bytes':
      case 'status':
      case 'embedding':
      case 'scores':
    }
  }

  /** The whole answer. Tells its last step. */
  end(): ResponseObject {
    this.begin();
    const { reason = 'stop', usage = noUsage } = this.finish ?? {};
    const response = this.responseWith({ status: 'finished', reason, usage });
    this.tell({ type: `response.${response.status}`, response });
    return response;
  }

  /** What there was of the answer. Tells that it failed. */
  fail(error: MillpondError): void {
    this.begin();
    this.closeAll('incomplete');
    this.tell({
      type: 'response.failed',
      response: this.responseWith({ status: 'failed', error }),
    });
  }

  /** Held back until there is content, because a server may write all of it itself. */
  private begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    const response = this.responseWith({ status: 'in_progress' });
    this.tell({ type: 'response.created', response });
    this.tell({ type: 'response.in_progress', response });
  }

  private responseWith(progress: Progress): ResponseObject {
    const { asked, answer, servedBy, output } = this;
    return responseObject({ asked, answer, servedBy, output: [...output], progress });
  }

  private addText({ text, logprobs = [] }: TextChunk): void {
    const item = this.writing?.type === 'message' ? this.writing : this.openMessage();
    const part = item.content[0];
    if (part === undefined) return;
    const wire = logprobs.map(encodeLogprob);
    part.text += text;
    part.logprobs.push(...wire);
    this.tell({
      type: 'response.output_text.delta',
      ...this.placeOf(item),
      content_index: 0,
      delta: text,
      logprobs: wire.map(withoutBytes),
    });
  }

  private openMessage(): ItemOf<'message'> {
    this.closeAll('completed');
    const item: ItemOf<'message'> = {
      ...{ type: 'message', id: this.newId('msg'), status: 'in_progress', role: 'assistant' },
      content: [],
    };
    this.open(item);
    const part: OutputText = { type: 'output_text', text: '', annotations: [], logprobs: [] };
    this.tell({
      type: 'response.content_part.added',
      ...this.placeOf(item),
      content_index: 0,
      part: { ...part },
    });
    item.content.push(part);
    this.writing = item;
    return item;
  }

  private addThought({ text }: TextChunk): void {
    const item = this.writing?.type === 'reasoning' ? this.writing : this.openThought();
    const part = item.content[0];
    if (part === undefined) return;
    part.text += text;
    this.tell({
      type: 'response.reasoning_text.delta',
      ...this.placeOf(item),
      content_index: 0,
      delta: text,
    });
  }

  private openThought(): ItemOf<'reasoning'> {
    this.closeAll('completed');
    const item: ItemOf<'reasoning'> = {
      ...{ type: 'reasoning', id: this.newId('rs'), status: 'in_progress', summary: [] },
      content: [],
    };
    this.open(item);
    const part = { type: 'reasoning_text', text: '' } as const;
    this.tell({
      type: 'response.content_part.added',
      ...this.placeOf(item),
      content_index: 0,
      part,
    });
    item.content.push({ ...part });
    this.writing = item;
    return item;
  }

  private addCall(chunk: ToolCallChunk): void {
    const item = this.calls.get(chunk.index) ?? this.openCall(chunk);
    if (chunk.argumentsDelta === '') return;
    item.arguments += chunk.argumentsDelta;
    this.tell({
      type: 'response.function_call_arguments.delta',
      ...this.placeOf(item),
      delta: chunk.argumentsDelta,
    });
  }

  private openCall({ index, id, name }: ToolCallChunk): ItemOf<'function_call'> {
    this.closeWriting('completed');
    const item: ItemOf<'function_call'> = {
      ...{ type: 'function_call', id: this.newId('fc'), status: 'in_progress' },
      call_id: id ?? `call_${this.answer.requestId}_${index.toString()}`,
      name: name ?? '',
      arguments: '',
    };
    this.open(item);
    this.calls.set(index, item);
    return item;
  }

  private open(item: OutputItem): void {
    this.output.push(item);
    // What is told is a picture of this moment.
    this.tell({
      type: 'response.output_item.added',
      output_index: this.output.length - 1,
      item: structuredClone(item),
    });
  }

  private closeAll(status: 'completed' | 'incomplete'): void {
    this.closeWriting(status);
    for (const item of this.calls.values()) {
      const { arguments: all } = item;
      this.tell({
        type: 'response.function_call_arguments.done',
        ...this.placeOf(item),
        name: item.name,
        arguments: all,
      });
      this.close(item, status);
    }
    this.calls.clear();
  }

  private closeWriting(status: 'completed' | 'incomplete'): void {
    const item = this.writing;
    if (item === undefined) return;
    this.writing = undefined;
    const [part] = item.content;
    const place = { ...this.placeOf(item), content_index: 0 };
    if (part?.type === 'output_text') {
      const { text, logprobs } = part;
      this.tell({
        type: 'response.output_text.done',
        ...place,
        text,
        logprobs: logprobs.map(withoutBytes),
      });
    } else if (part !== undefined) {
      this.tell({ type: 'response.reasoning_text.done', ...place, text: part.text });
    }
    this.tell({ type: 'response.content_part.done', ...place, part });
    this.close(item, status);
  }

  private close(item: OutputItem, status: 'completed' | 'incomplete'): void {
    item.status = status;
    this.tell({
      type: 'response.output_item.done',
      output_index: this.output.indexOf(item),
      item,
    });
  }

  private placeOf(item: OutputItem): { readonly item_id: string; readonly output_index: number } {
    return { item_id: item.id, output_index: this.output.lastIndexOf(item) };
  }

  private newId(prefix: 'msg' | 'rs' | 'fc'): string {
    return itemIdOf(prefix, this.answer.requestId, this.output.length);
  }
}

/** Events have less of a token than the item that they end in. */
function withoutBytes({ token, logprob, top_logprobs: top }: WireLogprob): object {
  const top_logprobs = top.map((each) => ({ token: each.token, logprob: each.logprob }));
  return { token, logprob, top_logprobs };
}

/** Says which answer it belongs to, so that a reference finds it again. */
export function itemIdOf(prefix: string, requestId: string, index: number | string): string {
  return `${prefix}_${requestId}_${index.toString()}`;
}
