import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ModelFacts } from '../core/model.ts';
import { MillpondError } from '../core/error.ts';
import { explainFileError } from '../platform/file-error.ts';
import type { WalkedFolder } from './folder-walk.ts';
import { readMlxFacts } from './mlx-facts.ts';
import { measureFiles, segmentsBelow } from './measure-files.ts';
import type { ModelFile } from './model-files.ts';

const weights = /\.safetensors$/i;
/** Any of them can turn text into tokens. */
const tokenizers = ['tokenizer.json', 'tokenizer.model', 'tokenizer_config.json', 'tiktoken.model'];
const indexName = 'model.safetensors.index.json';
/** The `reason` of an error about a folder that holds some other kind of model. */
export const notALanguageModel = 'not-a-language-model';
/** Far above any real configuration or template. */
const maxTextBytes = 64 * 1024 * 1024;
/** An index names every tensor: the largest models need about 13 MB for it. */
const maxIndexBytes = 16 * 1024 * 1024;
/** Indexes that are remembered; a library with more MLX models than this reads them more often. */
const mostIndexes = 1024;
/** Of all parts of a model together; the largest have a few megabytes. */
const maxHeaderBytes = 64 * 1024 * 1024;

/** Whether these names in one folder make a language model in the layout of MLX and Transformers. */
export function isMlxFolder(names: readonly string[]): boolean {
  const hasWeights = names.some((name) => weights.test(name)) || names.includes(indexName);
  return (
    hasWeights && names.includes('config.json') && tokenizers.some((one) => names.includes(one))
  );
}

/** Measures such a folder; undefined when it went away meanwhile. */
export async function describeMlxFolder(
  root: string,
  { path, files }: WalkedFolder,
): Promise<ModelFile | undefined> {
  const index = await readIndex(join(path, indexName));
  const present = files.filter((name) => weights.test(name));
  // Only what the index names belongs to the model; adapters may lie beside it.
  const wanted = index === undefined ? present : index.files;
  const names = wanted.filter((name) => present.includes(name));
  const parts = names.toSorted().map((name) => join(path, name));
  const others = files.filter((name) => !weights.test(name) && !/\.gguf$/i.test(name));
  const measured = await measureFiles(parts);
  const rest = await measureFiles(others.map((name) => join(path, name)));
  if (measured === undefined) return undefined;
  const missingParts = wanted.length - names.length;
  const missingBytes =
    missingParts === 0 ? 0 : Math.max(0, (index?.totalBytes ?? 0) - measured.sizeBytes);
  return {
    ...{ format: 'mlx', path, parts, segments: segmentsBelow(root, path), ...measured },
    sizeBytes: measured.sizeBytes + (rest?.sizeBytes ?? 0),
    modifiedMs: Math.max(measured.modifiedMs, rest?.modifiedMs ?? 0, 0),
    identity: parts.length === 0 ? path : measured.identity,
    missingParts,
    missingBytes,
  };
}

const indexSchema = z.object({
  metadata: z.object({ total_size: z.number().optional() }).optional(),
  weight_map: z.record(z.string(), z.string()),
});

interface WeightIndex {
  /** The files that hold the weights. */
  readonly files: readonly string[];
  readonly totalBytes?: number;
}

interface KnownIndex {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Undefined: it makes no sense. */
  readonly index: WeightIndex | undefined;
}

/** By path, true while size and time are the same: parsing megabytes at every look would be felt. */
const knownIndexes = new Map<string, KnownIndex>();

async function readIndex(path: string): Promise<WeightIndex | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.size > maxIndexBytes) {
    knownIndexes.delete(path);
    return undefined;
  }
  const { size: sizeBytes, mtimeMs: modifiedMs } = found;
  const known = knownIndexes.get(path);
  if (known?.sizeBytes === sizeBytes && known.modifiedMs === modifiedMs) return known.index;
  const text = await readText(path);
  if (text === undefined) return undefined; // Closed to us today, perhaps not tomorrow.
  const index = parseIndex(parseJson(text));
  const [oldest] = knownIndexes.keys();
  if (oldest !== undefined && knownIndexes.size >= mostIndexes) knownIndexes.delete(oldest);
  knownIndexes.set(path, { sizeBytes, modifiedMs, index });
  return index;
}

function parseIndex(content: unknown): WeightIndex | undefined {
  const parsed = indexSchema.safeParse(content);
  if (!parsed.success) return undefined;
  // A name with a folder in it could lead anywhere.
  const files = [...new Set(Object.values(parsed.data.weight_map))].filter(
    (name) => !/[\\/]/.test(name),
  );
  const totalBytes = parsed.data.metadata?.total_size;
  return { files, ...(totalBytes !== undefined && { totalBytes }) };
}

/**
 * Reads what such a folder says about itself. Rejects with `model-load-failed` and one sentence when
 * it is no language model or its weights are cut off.
 */
export async function inspectMlxFolder(file: ModelFile): Promise<ModelFacts> {
  const headers = await readTensorHeaders(file.parts);
  const [config, tokenizer, templateJson, templateText] = await Promise.all([
    readJson(join(file.path, 'config.json')),
    readJson(join(file.path, 'tokenizer_config.json')),
    readJson(join(file.path, 'chat_template.json')),
    readText(join(file.path, 'chat_template.jinja')),
  ]);
  const facts = readMlxFacts({ config, tokenizer, templateJson, templateText, headers });
  if (facts) return facts;
  const name = file.segments.at(-1) ?? file.path;
  throw new MillpondError('model-load-failed', `${name} is not a language model`, {
    reason: notALanguageModel,
  });
}

/** One after the other, and so much together: hostile files must not fill the memory. */
async function readTensorHeaders(paths: readonly string[]): Promise<readonly unknown[]> {
  const headers: unknown[] = [];
  let leftBytes = maxHeaderBytes;
  for (const path of paths) {
    const { header, sizeBytes } = await readTensorHeader(path, leftBytes);
    leftBytes -= sizeBytes;
    headers.push(header);
  }
  return headers;
}

/** The JSON at the start of a safetensors file, checked against the file's length. */
async function readTensorHeader(
  path: string,
  mostBytes: number,
): Promise<{ readonly header: unknown; readonly sizeBytes: number }> {
  const damaged = new MillpondError(
    'model-load-failed',
    `${path} is cut off or no safetensors file; download it again`,
  );
  try {
    const { size } = await stat(path);
    await using file = await open(path, 'r');
    const { buffer: start, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    const length = bytesRead < 8 ? -1 : Number(start.readBigUInt64LE(0));
    if (length < 2 || length > mostBytes || 8 + length > size) throw damaged;
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, 8);
    const header = parseJson(buffer.toString('utf8'));
    if (header === undefined || 8 + length + lastOffset(header) > size) throw damaged;
    return { header, sizeBytes: length };
  } catch (error) {
    throw explainFileError(error, 'read', path);
  }
}

const tensor = z.object({ data_offsets: z.tuple([z.number(), z.number()]) });

function lastOffset(header: unknown): number {
  const entries = z.record(z.string(), z.unknown()).safeParse(header);
  if (!entries.success) return Number.POSITIVE_INFINITY;
  const ends = Object.values(entries.data).map((entry) => {
    const parsed = tensor.safeParse(entry);
    return parsed.success ? parsed.data.data_offsets[1] : 0;
  });
  return ends.reduce((most, end) => Math.max(most, end), 0);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).size > maxTextBytes) return undefined;
    return await readFile(path, 'utf8');
  } catch {
    return undefined; // Not every repository has each of these files.
  }
}

async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  return text === undefined ? undefined : parseJson(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
