import type { WireDialect } from '../core/inference.ts';
import type { TokenUsage } from '../core/usage.ts';
import { UsageCount } from './anthropic/client/usage-count.ts';
import { parseEvent } from './anthropic/client/wire-events.ts';
import type { WireEvent } from './anthropic/client/wire-events.ts';
import { factsOfChunk, factsOfResponseEvent } from './openai/client/raw-frame.ts';
import { fieldOf, readUsage } from './openai/client/wire-usage.ts';
import { FrameSplitter } from './sse-frames.ts';
import type { SseFrame } from './sse-frames.ts';

/** A longer body is not taken apart: what it used is not known then. */
const mostBytes = 4 * 1024 * 1024;

/** What an answer used that passes as its server wrote it: only read along, never changed. */
export interface PassingUsage {
  take(bytes: Uint8Array): void;
  /** Undefined as long as nothing is known. */
  soFar(): TokenUsage | undefined;
  /** When all of it has passed; undefined for what is no answer of a model. */
  end(): TokenUsage | undefined;
}

/** `promptTokens` counts until or unless the server says it. */
export function passingUsage(
  contentType: string,
  dialect: WireDialect,
  promptTokens: number,
): PassingUsage {
  if (contentType.includes('text/event-stream')) return new StreamUsage(dialect, promptTokens);
  return contentType.includes('json') ? new WholeUsage(dialect) : nothingKnown;
}

const nothingKnown: PassingUsage = {
  take: () => undefined,
  soFar: () => undefined,
  end: () => undefined,
};

class WholeUsage implements PassingUsage {
  private readonly dialect: WireDialect;
  private pieces: Uint8Array[] = [];
  private size = 0;

  constructor(dialect: WireDialect) {
    this.dialect = dialect;
  }

  take(bytes: Uint8Array): void {
    this.size += bytes.byteLength;
    if (this.size <= mostBytes) this.pieces.push(bytes);
    else this.pieces = [];
  }

  soFar(): undefined {
    return undefined;
  }

  end(): TokenUsage | undefined {
    if (this.size > mostBytes) return undefined;
    const text = Buffer.concat(this.pieces).toString('utf8');
    return this.dialect === 'anthropic' ? ofMessage(text) : readUsage(fieldOf(json(text), 'usage'));
  }
}

function ofMessage(text: string): TokenUsage | undefined {
  const event = parseEvent(text);
  if (event === undefined || event === 'other' || event.type !== 'message' || !event.usage) {
    return undefined;
  }
  const count = new UsageCount();
  count.finish(event.usage);
  return count.soFar();
}

class StreamUsage implements PassingUsage {
  private readonly dialect: WireDialect;
  private readonly promptTokens: number;
  private readonly message = new UsageCount();
  private splitter: FrameSplitter | undefined = new FrameSplitter();
  private told: TokenUsage | undefined;
  private pieces = 0;

  constructor(dialect: WireDialect, promptTokens: number) {
    this.dialect = dialect;
    this.promptTokens = promptTokens;
  }

  take(bytes: Uint8Array): void {
    try {
      for (const frame of this.splitter?.take(bytes) ?? []) this.look(frame);
    } catch {
      // Longer than any event: it passes all the same.
      this.splitter = undefined;
    }
  }

  soFar(): TokenUsage | undefined {
    if (this.told !== undefined || this.pieces === 0) return this.told;
    return {
      ...{ promptTokens: this.promptTokens, cachedTokens: 0 },
      ...{ completionTokens: this.pieces, reasoningTokens: 0, isEstimated: true },
    };
  }

  end(): TokenUsage | undefined {
    return this.soFar();
  }

  private look({ data }: SseFrame): void {
    if (data === '') return;
    if (this.dialect === 'anthropic') {
      const event = parseEvent(data);
      if (event !== undefined && event !== 'other') this.lookAtMessage(event);
      return;
    }
    const value = json(data);
    const isResponse = typeof fieldOf(value, 'type') === 'string';
    const { usage, hasContent } = isResponse ? factsOfResponseEvent(value) : factsOfChunk(value);
    this.told = usage ?? this.told;
    if (hasContent) this.pieces += 1;
  }

  private lookAtMessage(event: WireEvent): void {
    if (event.type === 'message_start' && event.message.usage) {
      this.message.begin(event.message.usage);
    } else if (event.type === 'message_delta' && event.usage) this.message.finish(event.usage);
    else if (event.type === 'content_block_delta') {
      this.message.piece(event.delta.type === 'thinking_delta');
    } else return;
    this.told = this.message.soFar();
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // says nothing about what was used
  }
}
