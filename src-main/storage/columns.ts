import { z } from 'zod';
import { type ErrorBody, errorTable } from '../core/error.ts';
import type { AnswerTimings } from '../core/inference.ts';
import type { LoadOptions } from '../core/model.ts';
import type { TokenUsage } from '../core/usage.ts';
import type { AnswerPart, Attachment, ChatParameters, Receipt } from '../chats/ports.ts';

// What JSON columns hold. Readers are lenient about fields they don't know: a newer step may add some.

const numbers = <K extends string>(...names: readonly K[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, z.number()])) as Record<K, z.ZodNumber>);

const usage = numbers('promptTokens', 'cachedTokens', 'completionTokens', 'reasoningTokens').extend(
  {
    cacheWriteTokens: z.number().exactOptional(),
    isEstimated: z.literal(true).exactOptional(),
  },
);
const timings = numbers('queuedMs', 'loadMs', 'prefillMs', 'firstTokenMs', 'decodeMs');

export const errorBody = z.object({
  code: z.string().transform((code) => (isErrorCode(code) ? code : 'internal')),
  message: z.string(),
  param: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  retryAfterMs: z.number().exactOptional(),
});

const part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('reasoning'),
    text: z.string(),
    durationMs: z.number().exactOptional(),
  }),
  z.object({
    type: z.literal('tool-call'),
    id: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
]);

const receipt = z.object({
  model: z.string(),
  machine: z.string(),
  usage,
  timings,
  finishReason: z.string(),
  moves: z
    .array(z.object({ from: z.string(), to: z.string(), atToken: z.number(), pauseMs: z.number() }))
    .exactOptional(),
});

const parameters = z.object({
  temperature: z.number().exactOptional(),
  topP: z.number().exactOptional(),
  topK: z.number().exactOptional(),
  minP: z.number().exactOptional(),
  repeatPenalty: z.number().exactOptional(),
  maxTokens: z.number().exactOptional(),
  seed: z.number().exactOptional(),
  reasoning: z.enum(['auto', 'on', 'off']).exactOptional(),
  privacy: z.enum(['this-machine', 'trusted', 'any']).exactOptional(),
});

const loadOptions = z.object({
  contextLength: z.number().exactOptional(),
  slots: z.number().exactOptional(),
  gpuLayers: z.number().exactOptional(),
  threads: z.number().exactOptional(),
  flashAttention: z.boolean().exactOptional(),
  cacheType: z.enum(['f16', 'q8_0', 'q4_0']).exactOptional(),
  gpus: z.array(z.number()).readonly().exactOptional(),
  engine: z.enum(['llama-cpp', 'llama-server', 'vllm', 'mlx']).exactOptional(),
});

const attachment = z.object({
  id: z.string(),
  name: z.string(),
  mediaType: z.string(),
  sizeBytes: z.number(),
  characters: z.number(),
  pages: z.number().nullable(),
  pageRange: z.string().nullable(),
  tokens: z.number(),
});

const attachmentList = z.array(
  attachment.transform(({ pages, pageRange, ...facts }) => ({
    ...facts,
    isImage: facts.mediaType.startsWith('image/'),
    ...optional('pages', pages, same),
    ...optional('pageRange', pageRange, same),
  })),
);
const partList = z.array(part);
const textList = z.array(z.string());

export const readUsage = (json: string): TokenUsage => usage.parse(JSON.parse(json));
export const readTimings = (json: string): AnswerTimings => timings.parse(JSON.parse(json));
export const readError = (json: string): ErrorBody => errorBody.parse(JSON.parse(json));
export const readParts = (json: string): AnswerPart[] => partList.parse(JSON.parse(json));
export const readReceipt = (json: string): Receipt => receipt.parse(JSON.parse(json));
export const readParameters = (json: string): ChatParameters => parameters.parse(JSON.parse(json));
export const readLoadOptions = (json: string): LoadOptions => loadOptions.parse(JSON.parse(json));
export const readTexts = (json: string): readonly string[] => textList.parse(JSON.parse(json));

export const readAttachments = (json: string): Attachment[] =>
  attachmentList.parse(JSON.parse(json));

/** JSON text, or null for nothing. */
export function writeJson(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** Reads an optional column: null becomes an absent field. */
export function optional<K extends string, C, V>(
  name: K,
  column: C | null,
  read: (column: C) => V,
): { readonly [P in K]?: V } {
  return (column === null ? {} : { [name]: read(column) }) as { readonly [P in K]?: V };
}

export function same<V>(value: V): V {
  return value;
}

function isErrorCode(code: string): code is ErrorBody['code'] {
  return Object.hasOwn(errorTable, code);
}
