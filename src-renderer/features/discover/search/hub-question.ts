import type { HubModelSummary } from '../../../api.ts';

export const formats = ['gguf', 'mlx'] as const;
export const sorts = ['downloads', 'updated', 'relevance'] as const;
/** Tasks as the hub calls them; their words are `discover.task.<task>`. */
export const tasks = [
  'text-generation',
  'image-text-to-text',
  'feature-extraction',
  'text-ranking',
] as const;
export const sizes = ['any', 'to4', 'to9', 'to20', 'to40', 'over40'] as const;

export type HubFormat = (typeof formats)[number];
export type HubSort = (typeof sorts)[number];
export type HubTask = (typeof tasks)[number];
export type HubSize = (typeof sizes)[number];

/** What somebody is looking for. */
export interface HubQuestion {
  readonly query: string;
  readonly format: HubFormat | undefined;
  readonly size: HubSize;
  readonly task: HubTask | undefined;
  readonly author: string;
  readonly sort: HubSort;
}

export const openQuestion: HubQuestion = {
  query: '',
  format: 'gguf',
  size: 'any',
  task: undefined,
  author: '',
  sort: 'downloads',
};

/** Billions of parameters, as people name sizes. */
const parameters: Readonly<Record<HubSize, { readonly min?: number; readonly max?: number }>> = {
  any: {},
  to4: { max: 4 },
  to9: { min: 4, max: 9 },
  to20: { min: 9, max: 20 },
  to40: { min: 20, max: 40 },
  over40: { min: 40 },
};

/** The question as the runtime takes it. */
export function searchInput(question: HubQuestion, cursor?: string) {
  const { query, format, size, task, author, sort } = question;
  const { min, max } = parameters[size];
  return {
    query: query.trim().slice(0, 200),
    sort,
    ...(format !== undefined && { format }),
    ...(task !== undefined && { task }),
    ...(author.trim() !== '' && { author: author.trim().slice(0, 100) }),
    ...(min !== undefined && { minParameters: min }),
    ...(max !== undefined && { maxParameters: max }),
    ...(cursor !== undefined && { cursor }),
  };
}

/** Whether a filter other than the words is set. */
export function isFiltered(question: HubQuestion): boolean {
  return (
    question.format !== openQuestion.format ||
    question.size !== openQuestion.size ||
    question.task !== undefined ||
    question.author.trim() !== ''
  );
}

/** The list with a further page behind it; what the hub moved between pages is shown once. */
export function withPage(
  models: readonly HubModelSummary[],
  page: readonly HubModelSummary[],
): readonly HubModelSummary[] {
  const known = new Set(models.map((model) => model.repo));
  return [...models, ...page.filter((model) => !known.has(model.repo))];
}
