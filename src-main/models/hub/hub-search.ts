import { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import type { ModelFormat } from '../../core/model.ts';
import { expandedFields, formatOf, parseModelList, toSummary } from './hub-answers.ts';
import type { HubReader } from './hub-reader.ts';
import type { Freshness, HubSummary } from './hub-repo.ts';

/** What a person looks for. Absent fields do not narrow it. */
export interface HubQuery {
  readonly query: string;
  /** Absent: both. */
  readonly format?: ModelFormat;
  /** The hub's pipeline tag. */
  readonly task?: string;
  readonly author?: string;
  /** Billions, both inclusive. */
  readonly minParameters?: number;
  readonly maxParameters?: number;
  readonly sort: 'relevance' | 'downloads' | 'updated';
  /** From the page before. */
  readonly cursor?: string;
}

export interface HubPage {
  readonly models: readonly HubSummary[];
  /** Absent on the last page. */
  readonly cursor?: string;
  readonly freshness: Freshness;
}

/** Where each format's list stands; a format that has ended is missing. */
const cursorsSchema = z.object({ gguf: z.string().optional(), mlx: z.string().optional() });
type Cursors = z.infer<typeof cursorsSchema>;

const pageSize = 30;
const listMaxBytes = 16 * 1024 * 1024;
const listMaxAgeMs = 5 * 60_000;
/** A narrow range of parameters may empty whole pages; so many are asked for before an empty one is told. */
const pagesPerAnswer = 4;

/** One page of models that run here. Two formats are two lists on the hub; they are joined here. */
export async function searchHub(
  reader: HubReader,
  query: HubQuery,
  signal: AbortSignal,
): Promise<HubPage> {
  const cursors = query.cursor === undefined ? undefined : decodeCursors(query.cursor);
  const formats = (query.format === undefined ? (['gguf', 'mlx'] as const) : [query.format]).filter(
    (format) => cursors === undefined || cursors[format] !== undefined,
  );
  const pages = await Promise.all(
    formats.map((format) => searchFormat(reader, { ...query, format }, cursors?.[format], signal)),
  );
  const freshness = oldest(pages.map((page) => page.freshness));
  const next: Cursors = {};
  for (const [index, { cursor }] of pages.entries()) {
    const format = formats[index];
    if (format !== undefined && cursor !== undefined) next[format] = cursor;
  }
  return {
    models: join(
      pages.map(({ models }) => models),
      query.sort,
    ),
    ...(Object.keys(next).length > 0 && { cursor: encodeCursors(next) }),
    freshness,
  };
}

/** Of several answers the one that is the least fresh. */
export function oldest(all: readonly Freshness[]): Freshness {
  const [first, ...others] = all;
  if (first === undefined) throw new MillpondError('invalid-request', 'This page has ended');
  return others.reduce(
    (worst, one) =>
      (one.isStale && !worst.isStale) || (one.isStale === worst.isStale && one.at < worst.at)
        ? one
        : worst,
    first,
  );
}

async function searchFormat(
  reader: HubReader,
  query: HubQuery & { readonly format: ModelFormat },
  from: string | undefined,
  signal: AbortSignal,
): Promise<HubPage> {
  const models: HubSummary[] = [];
  const answers: Freshness[] = [];
  let cursor = from;
  for (let page = 0; page < pagesPerAnswer; page++) {
    const {
      value: infos,
      freshness,
      ...rest
    } = await reader.read({
      parse: parseModelList,
      path: `/api/models?${parametersOf(query, cursor).toString()}`,
      maxBytes: listMaxBytes,
      maxAgeMs: listMaxAgeMs,
      signal,
    });
    const found = infos
      .filter((info) => formatOf(info) === query.format)
      .map((info) => toSummary(info, query.format));
    models.push(...found.filter((model) => isWithin(model.parameterCount, query)));
    answers.push(freshness);
    cursor = rest.cursor;
    if (models.length > 0 || cursor === undefined) break;
  }
  return { models, ...(cursor !== undefined && { cursor }), freshness: oldest(answers) };
}

function parametersOf(
  query: HubQuery & { readonly format: ModelFormat },
  cursor: string | undefined,
): URLSearchParams {
  const { format, task, author, sort } = query;
  const parameters = new URLSearchParams();
  const text = query.query.trim();
  if (text !== '') parameters.set('search', text);
  parameters.set('filter', format);
  if (task !== undefined) parameters.set('pipeline_tag', task);
  if (author !== undefined) parameters.set('author', author);
  // The hub counts packed numbers of quantized MLX files, so only GGUF can be narrowed there.
  const range = rangeOf(query);
  if (format === 'gguf' && range !== undefined) parameters.set('num_parameters', range);
  if (sort !== 'relevance') {
    parameters.set('sort', sort === 'downloads' ? 'downloads' : 'lastModified');
    parameters.set('direction', '-1');
  }
  parameters.set('limit', String(pageSize));
  for (const field of expandedFields) parameters.append('expand[]', field);
  if (cursor !== undefined) parameters.set('cursor', cursor);
  return parameters;
}

/** Such as `min:3B,max:8.5B`. */
function rangeOf({ minParameters: min, maxParameters: max }: HubQuery): string | undefined {
  const parts = [
    ...(min === undefined ? [] : [`min:${min}B`]),
    ...(max === undefined ? [] : [`max:${max}B`]),
  ];
  return parts.length === 0 ? undefined : parts.join(',');
}

/** A model of unknown size is in no range. */
function isWithin(
  count: number | undefined,
  { minParameters: min, maxParameters: max }: HubQuery,
): boolean {
  if (min === undefined && max === undefined) return true;
  if (count === undefined) return false;
  const billions = count / 1e9;
  return billions >= (min ?? 0) && billions <= (max ?? Infinity);
}

/** By relevance the lists take turns: each is in the hub's own order. */
function join(
  lists: readonly (readonly HubSummary[])[],
  sort: HubQuery['sort'],
): readonly HubSummary[] {
  const longest = Math.max(...lists.map((list) => list.length));
  const mixed = Array.from({ length: longest }, (_, index) =>
    lists.flatMap((list) => list[index] ?? []),
  ).flat();
  if (sort === 'relevance' || lists.length === 1) return mixed;
  const key = (model: HubSummary): number =>
    sort === 'downloads' ? model.downloads : (model.updatedAt ?? 0);
  return mixed.toSorted((a, b) => key(b) - key(a));
}

function encodeCursors(cursors: Cursors): string {
  return Buffer.from(JSON.stringify(cursors)).toString('base64url');
}

function decodeCursors(text: string): Cursors {
  try {
    return cursorsSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new MillpondError('invalid-request', 'This page of results is not known: search again', {
      param: 'cursor',
      cause,
    });
  }
}
