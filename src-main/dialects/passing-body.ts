import type { RawRequest } from '../core/inference.ts';

/** What a body that passes as it came asks to be read and written, as far as limits reckon with it. */
export interface PassingBody {
  /** Everything in it that a model reads. */
  readonly texts: readonly string[];
  /** Pictures, sounds and files that lie in it. */
  readonly pictures: number;
  /** A model writes its answer. */
  readonly isWritten: boolean;
  /** The longest answer that it asks for, all choices together; absent: it names no bound. */
  readonly maxTokens?: number;
}

const written = ['messages', 'prompt'] as const;
/** Their `input` is read; nothing is written for it. */
const onlyRead = /\/(?:embeddings|rerank)$/;
const bounds = ['max_completion_tokens', 'max_tokens', 'max_output_tokens'] as const;
/** What goes on for so long without a space is no text. */
const packed = /^[\w+/=-]{2000,}$/;

/** Undefined for what is no JSON of an API for texts: nobody can say before what that takes. */
export function readPassingBody({ body, path }: RawRequest): PassingBody | undefined {
  const fields = objectIn(body);
  const operation = path.split('?', 1)[0] ?? '';
  if (fields === undefined || operation.endsWith('/count_tokens')) return undefined;
  const isResponse = operation.endsWith('/responses') && 'input' in fields;
  const isWritten = isResponse || written.some((name) => name in fields);
  if (!isWritten && !onlyRead.test(operation)) return undefined;
  const { model: _name, ...rest } = fields;
  const strings = stringsIn(rest);
  const texts = strings.filter((text) => !isPacked(text));
  const maxTokens = boundOf(fields);
  return {
    ...{ texts, pictures: strings.length - texts.length, isWritten },
    ...(maxTokens !== undefined && { maxTokens }),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function objectIn(body: Uint8Array): Fields | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined; // a form, or nothing at all
  }
}

function boundOf(fields: Fields): number | undefined {
  const bound = bounds.map((name) => countIn(fields[name])).find((each) => each !== undefined);
  return bound === undefined ? undefined : bound * (countIn(fields['n']) ?? 1);
}

function countIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function isPacked(text: string): boolean {
  return text.startsWith('data:') || packed.test(text);
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}
