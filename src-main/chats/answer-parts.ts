import type { InferenceChunk, TextChunk, ToolCallChunk } from '../core/inference.ts';
import type { AnswerPart } from './conversation.ts';

/** Puts pieces behind an answer: one of the same kind as the last part grows that part. */
export function appendPieces(
  parts: readonly AnswerPart[],
  pieces: readonly AnswerPart[],
): AnswerPart[] {
  const grown = [...parts];
  for (const piece of pieces) {
    const last = grown.at(-1);
    const merged = last === undefined ? undefined : merge(last, piece);
    if (merged === undefined) grown.push(piece);
    else grown[grown.length - 1] = merged;
  }
  return grown;
}

/** Undefined when the piece starts a part of its own. */
function merge(part: AnswerPart, piece: AnswerPart): AnswerPart | undefined {
  if (part.type === 'text' && piece.type === 'text') {
    return { type: 'text', text: part.text + piece.text };
  }
  if (part.type === 'reasoning' && piece.type === 'reasoning') {
    return { ...part, ...piece, text: part.text + piece.text };
  }
  if (part.type === 'tool-call' && piece.type === 'tool-call' && part.id === piece.id) {
    return { ...part, arguments: part.arguments + piece.arguments };
  }
  return undefined;
}

export function textOf(parts: readonly AnswerPart[], type: 'text' | 'reasoning' = 'text'): string {
  return parts.map((part) => (part.type === type ? part.text : '')).join('');
}

/** Turns the chunks of one answer into pieces: times its thoughts, keeps tool calls apart. */
export class PieceReader {
  private thoughtStartedAt: number | undefined;
  private readonly calls = new Map<number, { readonly id: string; readonly name: string }>();

  /** `now` is monotonic milliseconds. */
  read(chunk: InferenceChunk, now: number): AnswerPart[] {
    switch (chunk.type) {
      case 'reasoning':
        this.thoughtStartedAt ??= now;
        return [{ type: 'reasoning', text: chunk.text }];
      case 'text':
        return [...this.endThought(now), { type: 'text', text: chunk.text }];
      case 'tool-call':
        return [...this.endThought(now), this.callPiece(chunk)];
      case 'finish':
        return this.endThought(now);
      case 'head':
      case 'status':
      case 'embedding':
      case 'scores':
      // Only callers on the wire are answered in the words of a server.
      case 'raw':
      case 'bytes':
        return [];
    }
  }

  /** Tells how long the thought took that is still open. */
  endThought(now: number): AnswerPart[] {
    if (this.thoughtStartedAt === undefined) return [];
    const durationMs = Math.round(now - this.thoughtStartedAt);
    this.thoughtStartedAt = undefined;
    return [{ type: 'reasoning', text: '', durationMs }];
  }

  private callPiece(chunk: ToolCallChunk): AnswerPart {
    const known = this.calls.get(chunk.index);
    const call = {
      id: chunk.id ?? known?.id ?? `call-${chunk.index}`,
      name: chunk.name ?? known?.name ?? '',
    };
    this.calls.set(chunk.index, call);
    return { type: 'tool-call', ...call, arguments: chunk.argumentsDelta };
  }
}

/** Whether the chunk holds a part of the answer. */
export function isContent(chunk: InferenceChunk): chunk is TextChunk | ToolCallChunk {
  return chunk.type === 'text' || chunk.type === 'reasoning' || chunk.type === 'tool-call';
}
