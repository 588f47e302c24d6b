import { z } from 'zod';
import type { ModelFormat } from '../../core/model.ts';
import { notAHub } from './hub-errors.ts';
import type { HubFile, HubSummary } from './hub-repo.ts';
import { checkedPath } from './file-path.ts';
import { bitsOfName } from './mlx-variant.ts';

/** Only `org/name` as the hub allows it; it becomes part of addresses and folders. */
const repoName = /^[A-Za-z\d][\w.-]{0,95}\/[A-Za-z\d][\w.-]{0,95}$/;

/** A field of a strange type is as good as none: one odd model must not hide the others. */
const maybe = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const count = z.number().nonnegative();

/** What the hub says about a repository, as far as it is read here. */
const modelInfo = z.object({
  id: z.string().refine(isRepoName),
  sha: maybe(z.string().regex(/^[\da-f]{40}$/)),
  author: maybe(z.string()),
  downloads: maybe(count),
  lastModified: maybe(z.iso.datetime()),
  /** `false`, `"auto"` or `"manual"`. */
  gated: maybe(z.union([z.boolean(), z.string()])),
  pipeline_tag: maybe(z.string()),
  library_name: maybe(z.string()),
  tags: maybe(z.array(z.string())),
  gguf: maybe(z.object({ total: maybe(count), context_length: maybe(count) })),
  safetensors: maybe(
    z.object({ total: maybe(count), parameters: maybe(z.record(z.string(), count)) }),
  ),
  config: maybe(z.object({ quantization_config: maybe(z.object({ bits: maybe(count) })) })),
  cardData: maybe(
    z.object({
      license: maybe(z.union([z.string(), z.array(z.string())])),
      license_name: maybe(z.string()),
    }),
  ),
});
export type ModelInfo = z.infer<typeof modelInfo>;

/** What no file can have would make a download that no disk can hold and no list can keep. */
const fileBytes = z.int().nonnegative();

const treeEntry = z.object({
  type: z.string(),
  path: z.string(),
  size: maybe(fileBytes),
  /** Of a file in git: the SHA-1 of its blob. */
  oid: maybe(z.string()),
  lfs: maybe(z.object({ oid: z.string().regex(/^[\da-f]{64}$/i), size: fileBytes })),
});

const account = z.object({ name: z.string().min(1) });

/** Which fields are asked for; the hub sends no others then. */
export const expandedFields = [
  'author',
  'cardData',
  'config',
  'downloads',
  'gated',
  'gguf',
  'lastModified',
  'library_name',
  'pipeline_tag',
  'safetensors',
  'sha',
  'tags',
] as const;

export function isRepoName(text: string): boolean {
  return repoName.test(text) && !text.includes('..') && !text.includes('--');
}

/** One repository. Throws `unavailable` when it is not one. */
export function parseModelInfo(text: string, endpoint: string): ModelInfo {
  return parse(modelInfo, text, endpoint);
}

/** A page of a list; entries that are no repositories are left out. */
export function parseModelList(text: string, endpoint: string): readonly ModelInfo[] {
  return parse(z.array(z.unknown()), text, endpoint).flatMap((entry) => {
    const info = modelInfo.safeParse(entry);
    return info.success ? [info.data] : [];
  });
}

/** A page of a repository's files; one with a path that no disk should see is left out. */
export function parseTree(text: string, endpoint: string): readonly HubFile[] {
  return parse(z.array(z.unknown()), text, endpoint).flatMap((value) => {
    const entry = treeEntry.safeParse(value);
    if (!entry.success || entry.data.type !== 'file') return [];
    const { lfs, size, oid } = entry.data;
    const path = checkedPath(entry.data.path);
    const sizeBytes = lfs?.size ?? size;
    if (path === undefined || sizeBytes === undefined) return [];
    const gitSha1 = lfs === undefined && /^[\da-f]{40}$/.test(oid ?? '') ? oid : undefined;
    return [
      {
        path,
        sizeBytes,
        ...(lfs !== undefined && { sha256: lfs.oid.toLowerCase() }),
        ...(gitSha1 !== undefined && { gitSha1 }),
      },
    ];
  });
}

/** Whose token it is. */
export function parseAccount(text: string, endpoint: string): string {
  return parse(account, text, endpoint).name;
}

/** Undefined for a repository of no format that runs here. */
export function formatOf(info: ModelInfo): ModelFormat | undefined {
  const tags = info.tags ?? [];
  if (info.gguf !== undefined || tags.includes('gguf')) return 'gguf';
  return info.library_name === 'mlx' || tags.includes('mlx') ? 'mlx' : undefined;
}

export function toSummary(info: ModelInfo, format: ModelFormat): HubSummary {
  const [author = '', name = ''] = info.id.split('/');
  const updatedAt = info.lastModified === undefined ? undefined : Date.parse(info.lastModified);
  const parameterCount = format === 'gguf' ? info.gguf?.total : countMlxParameters(info);
  const licence = licenceOf(info);
  return {
    repo: info.id,
    author: info.author ?? author,
    name: displayName(name),
    format,
    ...(info.pipeline_tag !== undefined && { task: info.pipeline_tag }),
    ...(parameterCount !== undefined && parameterCount > 0 && { parameterCount }),
    downloads: info.downloads ?? 0,
    ...(updatedAt !== undefined && { updatedAt }),
    ...(licence !== undefined && { licence }),
    isGated: info.gated !== undefined && info.gated !== false,
  };
}

/** A quantized MLX file packs several weights into each of its `U32` numbers. */
function countMlxParameters(info: ModelInfo): number | undefined {
  const bits = info.config?.quantization_config?.bits ?? bitsOfName(info.id);
  const { parameters, total } = info.safetensors ?? {};
  if (parameters === undefined) return bits === undefined ? total : undefined;
  const isPacked = bits !== undefined && bits > 0 && bits <= 16;
  return Object.entries(parameters).reduce(
    (sum, [type, numbers]) =>
      sum + (type === 'U32' && isPacked ? Math.round((numbers * 32) / bits) : numbers),
    0,
  );
}

/** `other` says nothing; its name does. */
function licenceOf(info: ModelInfo): string | undefined {
  const { license, license_name: name } = info.cardData ?? {};
  const tag = info.tags?.find((text) => text.startsWith('license:'))?.slice('license:'.length);
  const licence = (typeof license === 'string' ? license : license?.[0]) ?? tag;
  return licence === 'other' ? (name ?? licence) : licence;
}

function displayName(name: string): string {
  return name.replace(/(?:[-_.](?:i1|imatrix))?[-_.](?:GGUF|MLX)(?=$|[-_.])/i, '') || name;
}

function parse<T extends z.ZodType>(schema: T, text: string, endpoint: string): z.infer<T> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw notAHub(endpoint, error);
  }
}
