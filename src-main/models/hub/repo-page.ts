import { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import {
  expandedFields,
  formatOf,
  isRepoName,
  parseModelInfo,
  parseTree,
  toSummary,
  type ModelInfo,
} from './hub-answers.ts';
import { notAHub } from './hub-errors.ts';
import { unchanging, type HubReader } from './hub-reader.ts';
import type { Freshness, HubFile, HubRepo } from './hub-repo.ts';
import { stripFrontMatter } from './model-card.ts';
import { groupVariants } from './variants.ts';

export interface RepoRequest {
  readonly repo: string;
  /** Branch, tag or commit; absent: the main branch. */
  readonly revision?: string;
  /** How old a remembered page may be. */
  readonly maxAgeMs?: number;
  /** False leaves the card empty and saves a request. */
  readonly hasCard?: boolean;
}

/** A repository as its page shows it, and how fresh that is. */
export interface RepoPage {
  readonly repo: HubRepo;
  readonly freshness: Freshness;
}

const infoMaxBytes = 4 * 1024 * 1024;
const treeMaxBytes = 4 * 1024 * 1024;
const cardMaxBytes = 1024 * 1024;
const configMaxBytes = 1024 * 1024;
const infoMaxAgeMs = 5 * 60_000;
/** Of a thousand files each: far more than any model has. */
const maxTreePages = 20;

const mlxConfig = z.looseObject({
  max_position_embeddings: z.number().optional().catch(undefined),
  text_config: z
    .object({ max_position_embeddings: z.number().optional().catch(undefined) })
    .optional()
    .catch(undefined),
  quantization: z.object({ bits: z.number() }).optional().catch(undefined),
});

/** Reads one repository: what the hub says of it, its files, its card, and for MLX its configuration. */
export async function readRepoPage(
  reader: HubReader,
  request: RepoRequest,
  signal: AbortSignal,
): Promise<RepoPage> {
  const { repo: name, revision = 'main', maxAgeMs = infoMaxAgeMs } = request;
  if (!isRepoName(name)) {
    throw new MillpondError(
      'invalid-request',
      `“${name}” is not the name of a repository: it looks like org/name`,
      { param: 'repo' },
    );
  }
  const parameters = new URLSearchParams();
  for (const field of expandedFields) parameters.append('expand[]', field);
  const answer = await reader.read({
    path: `/api/models/${name}/revision/${encodeURIComponent(revision)}?${parameters.toString()}`,
    maxBytes: infoMaxBytes,
    maxAgeMs,
    parse: parseModelInfo,
    about: { repo: name, revision },
    signal,
  });
  const { value: info, freshness } = answer;
  const { endpoint } = freshness;
  if (info.sha === undefined) throw notAHub(endpoint);
  const at = { info, repo: info.id, commit: info.sha, signal };
  const [files, card] = await Promise.all([
    readTree(reader, at),
    request.hasCard === false ? '' : readCard(reader, at),
  ]);
  const repo = await describeRepo(reader, { ...at, files, card, endpoint });
  return { repo, freshness };
}

interface Commit {
  readonly info: ModelInfo;
  readonly repo: string;
  readonly commit: string;
  readonly signal: AbortSignal;
}

async function describeRepo(
  reader: HubReader,
  page: Commit & {
    readonly files: readonly HubFile[];
    readonly card: string;
    readonly endpoint: string;
  },
): Promise<HubRepo> {
  const { info, commit, files, card, endpoint } = page;
  const hasGguf = files.some(({ path }) => /\.gguf$/i.test(path));
  const format = hasGguf ? 'gguf' : (formatOf(info) ?? 'mlx');
  const config = format === 'mlx' ? await readKnownConfig(reader, page) : undefined;
  const summary = toSummary(info, format);
  const trainedContextLength =
    format === 'gguf'
      ? info.gguf?.context_length
      : (config?.max_position_embeddings ?? config?.text_config?.max_position_embeddings);
  const bits = config?.quantization?.bits ?? info.config?.quantization_config?.bits;
  const isMlx = hasGguf || formatOf(info) === 'mlx';
  return {
    ...summary,
    commit,
    pageUrl: `${endpoint}/${info.id}`,
    card,
    variants: isMlx
      ? groupVariants({
          repo: info.id,
          files,
          ...(summary.parameterCount !== undefined && { parameterCount: summary.parameterCount }),
          ...(bits !== undefined && { mlxBits: bits }),
        })
      : [],
    ...(trainedContextLength !== undefined && { trainedContextLength }),
  };
}

async function readTree(
  reader: HubReader,
  { repo, commit, signal }: Commit,
): Promise<readonly HubFile[]> {
  const files: HubFile[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxTreePages; page++) {
    const next = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await reader.read({
      path: `/api/models/${repo}/tree/${commit}?recursive=true&limit=1000${next}`,
      maxBytes: treeMaxBytes,
      maxAgeMs: unchanging,
      parse: parseTree,
      about: { repo, revision: commit },
      signal,
    });
    files.push(...answer.value);
    cursor = answer.cursor;
    if (cursor === undefined) break;
  }
  return files;
}

/** Empty where there is none, where it is closed with a gated repository, or where it is no text of a sane size. */
async function readCard(reader: HubReader, at: Commit): Promise<string> {
  const text = await readOptional(reader, at, { path: 'README.md', maxBytes: cardMaxBytes });
  return text === undefined ? '' : stripFrontMatter(text);
}

async function readKnownConfig(
  reader: HubReader,
  at: Commit,
): Promise<z.infer<typeof mlxConfig> | undefined> {
  const text = await readOptional(reader, at, { path: 'config.json', maxBytes: configMaxBytes });
  if (text === undefined) return undefined;
  try {
    return mlxConfig.parse(JSON.parse(text));
  } catch {
    return undefined; // No configuration that we understand: the name has to do.
  }
}

async function readOptional(
  reader: HubReader,
  { repo, commit, signal }: Commit,
  file: { readonly path: string; readonly maxBytes: number },
): Promise<string | undefined> {
  try {
    return await readFileAt(reader, { repo, commit, ...file, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined; // The page stands without it: files and sizes are what a choice needs.
  }
}

/** One small text file of a repository at one commit. */
export async function readFileAt(
  reader: HubReader,
  file: {
    readonly repo: string;
    readonly commit: string;
    readonly path: string;
    readonly maxBytes: number;
    readonly signal: AbortSignal;
  },
): Promise<string> {
  const { repo, commit, path, maxBytes, signal } = file;
  const { value } = await reader.read({
    path: `/${repo}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`,
    maxBytes,
    maxAgeMs: unchanging,
    parse: (text) => text,
    about: { repo, revision: commit, path },
    signal,
  });
  return value;
}
