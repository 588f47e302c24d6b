import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';

const streamedChunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  error: z.object({ message: z.string(), code: z.string().nullish() }).nullish(),
});

/** A streamed chat as its caller sees it while it comes. */
export interface ChatStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Comments of the stream: what is said beside the answer. */
  readonly comments: readonly string[];
  /** The body of an answer that is no stream, or the error event that ended one. */
  readonly error: string | undefined;
  readonly errorCode: string | undefined;
  readonly finishReason: string | undefined;
  /** `[DONE]` came. */
  readonly isDone: boolean;
  /** Resolves when so many words have come; rejects when the stream ends before. */
  untilWords(count: number): Promise<void>;
  /** Resolves with `performance.now()` when nothing more comes, however it ended. */
  readonly ended: Promise<number>;
  /** Closes the socket. */
  leave(): void;
}

/** Asks over plain HTTP, without a library that would repeat or buffer. Resolves with the headers. */
export async function openChatStream(
  { origin, key }: { readonly origin: string; readonly key: string },
  body: { readonly model: string; readonly [field: string]: unknown },
): Promise<ChatStream> {
  const outgoing = request(`${origin}/v1/chat/completions`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  });
  const messages = [{ role: 'user', content: 'Count' }];
  outgoing.end(JSON.stringify({ messages, stream: true, ...body }));
  const reader = new StreamReader();
  return new Promise((resolve, reject) => {
    outgoing.on('error', (error) => {
      reject(error);
      reader.end();
    });
    outgoing.on('response', (incoming) => {
      incoming.setEncoding('utf8');
      incoming.on('data', (piece: string) => {
        reader.read(piece, incoming.headers['content-type'] ?? '');
      });
      incoming.on('error', () => reader.end());
      incoming.on('close', () => reader.end());
      const { statusCode: status = 0, headers } = incoming;
      const leave = (): void => {
        outgoing.destroy();
      };
      resolve(Object.assign(reader, { status, headers, leave }));
    });
  });
}

const wordsIn = (text: string): number => text.split(' ').filter(Boolean).length;

class StreamReader {
  text = '';
  readonly comments: string[] = [];
  error: string | undefined;
  errorCode: string | undefined;
  finishReason: string | undefined;
  isDone = false;
  readonly ended: Promise<number>;
  private readonly ending = Promise.withResolvers<number>();
  private rest = '';
  private isOver = false;
  private readonly waiting = new Set<() => void>();

  constructor() {
    this.ended = this.ending.promise;
  }

  read(piece: string, contentType: string): void {
    if (!contentType.startsWith('text/event-stream')) {
      this.error = (this.error ?? '') + piece;
      return;
    }
    const frames = (this.rest + piece).split('\n\n');
    this.rest = frames.pop() ?? '';
    for (const frame of frames) this.take(frame);
    for (const look of [...this.waiting]) look();
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.ending.resolve(performance.now());
    for (const look of [...this.waiting]) look();
  }

  untilWords(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const isThere = wordsIn(this.text) >= count;
        if (!isThere && !this.isOver) return;
        this.waiting.delete(look);
        if (isThere) resolve();
        else reject(new Error(`It ended after “${this.text}”: ${this.error ?? 'no error'}`));
      };
      this.waiting.add(look);
      look();
    });
  }

  private take(frame: string): void {
    for (const line of frame.split('\n')) {
      if (line.startsWith(':')) this.comments.push(line.slice(1).trim());
      if (!line.startsWith('data: ')) continue;
      const data = line.slice('data: '.length);
      if (data === '[DONE]') this.isDone = true;
      else this.takeChunk(streamedChunk.parse(JSON.parse(data)));
    }
  }

  private takeChunk({ choices, error }: z.infer<typeof streamedChunk>): void {
    if (error) {
      this.error = error.message;
      this.errorCode = error.code ?? undefined;
    }
    const choice = choices?.[0];
    this.text += choice?.delta?.content ?? '';
    this.finishReason ??= choice?.finish_reason ?? undefined;
  }
}
