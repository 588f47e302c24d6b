import { MillpondError } from '../../core/error.ts';
import type {
  AnswerTimings,
  FinishChunk,
  InferenceChunk,
  TextChunk,
  TokenAlternative,
  TokenLogprob,
  ToolCallChunk,
} from '../../core/inference.ts';
import type { AnswerIdentity, StreamEncoder } from '../stream.ts';

/** `chat` answers with messages, `generate` with text, `load` with nothing but that it is loaded. */
export type AnswerShape = 'chat' | 'generate' | 'load-chat' | 'load-generate';

/** One JSON object a line; the last one has the figures. Durations are nanoseconds. */
export function createOllamaStream(answer: AnswerIdentity, shape: AnswerShape): StreamEncoder {
  const parts = new AnswerParts(answer, shape);
  return {
    framing: 'lines',
    encode: (chunk) => parts.partsOf(chunk).map(line).join(''),
    end: () => line(parts.last()),
    fail: (error) => line({ error: error.message }),
  };
}

/** Waits for the whole answer and returns it as one object. Rejects when it broke off. */
export async function collectOllama(
  chunks: AsyncIterable<InferenceChunk>,
  answer: AnswerIdentity,
  shape: AnswerShape,
): Promise<object> {
  const parts = new AnswerParts(answer, shape);
  const whole: Required<Said> = { text: '', thinking: '', calls: [], logprobs: [] };
  for await (const chunk of chunks) {
    for (const { text = '', thinking = '', calls = [], logprobs = [] } of parts.saidBy(chunk)) {
      whole.text += text;
      whole.thinking += thinking;
      whole.calls.push(...calls);
      whole.logprobs.push(...logprobs);
    }
  }
  return parts.last(whole);
}

interface WireCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: object };
}

/** What one piece of an answer says. */
interface Said {
  text?: string;
  thinking?: string;
  readonly calls?: WireCall[];
  readonly logprobs?: object[];
}

class AnswerParts {
  private readonly answer: AnswerIdentity;
  private readonly shape: AnswerShape;
  private model = '';
  private finish: FinishChunk | undefined;
  /** The call that is being written: this API has calls whole. */
  private call: { index: number; id: string; name: string; text: string } | undefined;

  constructor(answer: AnswerIdentity, shape: AnswerShape) {
    this.answer = answer;
    this.shape = shape;
  }

  partsOf(chunk: InferenceChunk): readonly object[] {
    return this.saidBy(chunk).map((said) => ({ ...this.opening(said), done: false }));
  }

  saidBy(chunk: InferenceChunk): readonly Said[] {
    switch (chunk.type) {
      case 'head':
        this.model = chunk.servedBy.model;
        return [];
      case 'text':
      case 'reasoning':
        return [...this.endCall(), saidIn(chunk)];
      case 'tool-call':
        return this.addCall(chunk);
      case 'finish':
        this.finish = chunk;
        return this.endCall();
      case 'raw':
      case 'bytes':
      case 'status':
      case 'embedding':
      case 'scores':
        return [];
    }
  }

  last(said: Said = {}): object {
    const { finish, shape } = this;
    const isLoad = shape === 'load-chat' || shape === 'load-generate';
    return {
      ...this.opening(said),
      done: true,
      done_reason: isLoad ? 'load' : finish?.reason === 'length' ? 'length' : 'stop',
      ...(finish !== undefined && !isLoad && figuresOf(finish)),
    };
  }

  private opening({ text = '', thinking = '', calls = [], logprobs = [] }: Said): object {
    const thought = thinking !== '' && { thinking };
    const isChat = this.shape === 'chat' || this.shape === 'load-chat';
    return {
      model: this.model,
      created_at: new Date(this.answer.receivedAt).toISOString(),
      ...(isChat
        ? {
            message: {
              role: 'assistant',
              content: text,
              ...thought,
              ...(calls.length > 0 && { tool_calls: calls }),
            },
          }
        : { response: text, ...thought }),
      ...(logprobs.length > 0 && { logprobs }),
    };
  }

  private addCall(chunk: ToolCallChunk): readonly Said[] {
    const ended = this.call?.index === chunk.index ? [] : this.endCall();
    this.call ??= {
      index: chunk.index,
      id: chunk.id ?? `call_${chunk.index.toString()}`,
      name: chunk.name ?? '',
      text: '',
    };
    this.call.text += chunk.argumentsDelta;
    return ended;
  }

  private endCall(): readonly Said[] {
    const { call } = this;
    if (call === undefined) return [];
    this.call = undefined;
    const { id, name, text } = call;
    return [{ calls: [{ id, function: { name, arguments: argumentsOf(name, text) } }] }];
  }
}

function saidIn({ type, text, logprobs }: TextChunk): Said {
  return {
    ...(type === 'text' ? { text } : { thinking: text }),
    ...(logprobs !== undefined && { logprobs: logprobs.map(encodeLogprob) }),
  };
}

/** Arguments are an object here, so what is none cannot be told. */
function argumentsOf(name: string, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text === '' ? '{}' : text);
  } catch {
    // Said below, together with what is JSON but no object.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new MillpondError(
    'internal',
    `The model called '${name.slice(0, 100)}' with arguments that are no JSON object; ask again`,
  );
}

function encodeLogprob({ top, ...token }: TokenLogprob): object {
  return { ...alternativeOf(token), top_logprobs: top.map(alternativeOf) };
}

function alternativeOf({ text, logprob }: TokenAlternative): object {
  return { token: text, logprob, bytes: [...new TextEncoder().encode(text)] };
}

function figuresOf({ usage, timings }: FinishChunk): object {
  return {
    ...durationsOf(timings),
    prompt_eval_count: usage.promptTokens,
    prompt_eval_duration: nanoseconds(timings.prefillMs),
    eval_count: usage.completionTokens,
    eval_duration: nanoseconds(timings.decodeMs),
  };
}

/** How long it took in all, and for the model to be loaded. */
export function durationsOf({
  queuedMs,
  loadMs,
  prefillMs,
  firstTokenMs,
  decodeMs,
}: AnswerTimings) {
  return {
    total_duration: nanoseconds(queuedMs + loadMs + Math.max(firstTokenMs, prefillMs) + decodeMs),
    load_duration: nanoseconds(loadMs),
  };
}

function nanoseconds(ms: number): number {
  return Math.round(ms * 1e6);
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
