import { z } from 'zod';
import type { InferenceChunk, TextChunk } from '../../core/inference.ts';
import type { TokenUsage } from '../../core/usage.ts';
import type { Chunk, TextPiece, Usage } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { fromJsonBytes, toJsonBytes } from './json-bytes.ts';
import { plainText } from './plain-text.ts';
import { maxChunkBytes, protocolError } from './protocol.ts';

/** Counted for each chunk besides its content, so that empty ones are not free. */
const chunkOverheadBytes = 32;
const tokenBytes = 4;
const maxToken = 2 ** 31 - 1;

/** What a chunk weighs in credits. Both sides count its content, whatever bytes carried it. */
export function chunkBytes({ kind }: Chunk): number {
  if (kind === undefined) return chunkOverheadBytes;
  if (kind.$case === 'json') return chunkOverheadBytes + kind.value.byteLength;
  const { text, tokens } = kind.value;
  return chunkOverheadBytes + Buffer.byteLength(text) + tokenBytes * tokens.length;
}

/** Plain pieces of text travel as they are, all else as JSON. */
export function encodeChunk(chunk: InferenceChunk): Chunk {
  if ((chunk.type === 'text' || chunk.type === 'reasoning') && isPlain(chunk)) {
    return { kind: { $case: chunk.type, value: encodePiece(chunk) } };
  }
  return { kind: { $case: 'json', value: toJsonBytes(chunk) } };
}

/** A chunk of the other side; throws a `protocol` error that names what is wrong with it. */
export function decodeChunk({ kind }: Chunk): InferenceChunk {
  switch (kind?.$case) {
    case 'text':
    case 'reasoning':
      return decodePiece(kind.$case, kind.value);
    case 'json':
      return fromJsonBytes(kind.value, inferenceChunk, {
        what: 'a chunk',
        maxBytes: maxChunkBytes,
      });
    case undefined:
      throw protocolError('a chunk of a kind that this version does not know');
  }
}

/** Protobuf would lose these: half a character, "no tokens" against "unknown tokens", log probabilities. */
function isPlain(chunk: TextChunk): boolean {
  return (
    chunk.logprobs === undefined &&
    chunk.tokens?.length !== 0 &&
    chunk.text.isWellFormed() &&
    (chunk.tokens?.every((token) => token >= 0) ?? true)
  );
}

function encodePiece(chunk: TextChunk): TextPiece {
  return {
    text: chunk.text,
    tokens: chunk.tokens ?? [],
    usage: chunk.usage === undefined ? undefined : encodeUsage(chunk.usage),
    choice: chunk.choice ?? 0,
  };
}

function decodePiece(type: 'text' | 'reasoning', piece: TextPiece): TextChunk {
  if (piece.tokens.some((token) => token > maxToken)) {
    throw protocolError('a token id is out of range');
  }
  return {
    type,
    text: piece.text,
    ...(piece.tokens.length > 0 && { tokens: piece.tokens }),
    ...(piece.usage !== undefined && { usage: decodeUsage(piece.usage) }),
    ...(piece.choice > 0 && { choice: piece.choice }),
  };
}

function encodeUsage(usage: TokenUsage): Usage {
  return {
    promptTokens: usage.promptTokens,
    cachedTokens: usage.cachedTokens,
    completionTokens: usage.completionTokens,
    reasoningTokens: usage.reasoningTokens,
    isEstimated: usage.isEstimated ?? false,
  };
}

function decodeUsage({ isEstimated, ...counts }: Usage): TokenUsage {
  return isEstimated ? { ...counts, isEstimated: true } : counts;
}

const count = z.int().min(0);
const milliseconds = z.number().min(0);
const name = z
  .string()
  .max(1_000)
  .transform((text) => plainText(text, 500));

const usage = z.object({
  promptTokens: count,
  cachedTokens: count,
  completionTokens: count,
  reasoningTokens: count,
  isEstimated: z.exactOptional(z.literal(true)),
});

/** JSON has no infinity: what can never be drawn arrives as null. */
const logprob = z
  .number()
  .nullable()
  .transform((value) => value ?? -Infinity);
const alternative = z.object({ text: z.string(), token: z.int(), logprob });
const tokenLogprob = z.object({
  text: z.string(),
  token: z.int(),
  logprob,
  top: z.array(alternative).max(20),
});

const content = {
  choice: z.exactOptional(count),
  tokens: z.exactOptional(z.array(z.int().min(0).max(maxToken))),
  usage: z.exactOptional(usage),
};

const textChunk = <Type extends 'text' | 'reasoning'>(type: Type) =>
  z.object({
    type: z.literal(type),
    text: z.string(),
    logprobs: z.exactOptional(z.array(tokenLogprob)),
    ...content,
  });

const status = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('queued'), position: count, etaMs: z.exactOptional(milliseconds) }),
  z.object({
    phase: z.literal('loading'),
    machine: name,
    share: z.number().min(0).max(1),
    etaMs: z.exactOptional(milliseconds),
  }),
  z.object({
    phase: z.literal('moved'),
    from: name,
    to: name,
    atToken: count,
    pauseMs: milliseconds,
  }),
]);

const servedBy = z.object({
  upstream: name,
  machine: name,
  model: name,
  digest: z.exactOptional(name),
  pool: z.exactOptional(name),
});

const timings = z.object({
  queuedMs: milliseconds,
  loadMs: milliseconds,
  prefillMs: milliseconds,
  firstTokenMs: milliseconds,
  decodeMs: milliseconds,
});

const inferenceChunk: z.ZodType<InferenceChunk> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status'), status }),
  z.object({
    type: z.literal('head'),
    servedBy,
    headers: z
      .record(z.string().max(200), z.string().max(4_000))
      .refine((headers) => Object.keys(headers).length <= 100),
  }),
  textChunk('text'),
  textChunk('reasoning'),
  z.object({
    type: z.literal('tool-call'),
    index: count,
    id: z.exactOptional(z.string().max(1_000)),
    name: z.exactOptional(z.string().max(1_000)),
    argumentsDelta: z.string(),
    ...content,
  }),
  z.object({ type: z.literal('embedding'), index: count, vector: z.array(z.number()) }),
  z.object({ type: z.literal('scores'), scores: z.array(z.number()) }),
  z.object({
    type: z.literal('finish'),
    choice: z.exactOptional(count),
    reason: z.enum(['stop', 'length', 'tool-calls', 'content-filter']),
    stopSequence: z.exactOptional(z.string()),
    usage,
    timings,
  }),
]);
