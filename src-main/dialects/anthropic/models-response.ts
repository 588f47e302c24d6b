/** What is known about a model that is listed. */
export interface ListedModel {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly contextLength?: number;
}

/** Which part of the list is asked for; absent: all of it. */
export interface ModelPage {
  /** At least 1. */
  readonly limit?: number;
  readonly afterId?: string;
  readonly beforeId?: string;
}

/** One entry of `GET /v1/models` as Anthropic's clients read it. */
export function encodeModel(model: ListedModel): object {
  return {
    type: 'model',
    id: model.id,
    display_name: model.id,
    created_at: new Date(model.createdAt).toISOString(),
    max_input_tokens: model.contextLength ?? null,
    max_tokens: null,
    capabilities: null,
    lifecycle: 'active',
    line: null,
    deprecated_at: null,
    retires_at: null,
  };
}

/** A cursor that names no model leads to an empty page: what it stood for is gone. */
export function encodeModelList(models: readonly ListedModel[], page: ModelPage = {}): object {
  const { limit = models.length, afterId, beforeId } = page;
  const indexOf = (id: string): number => models.findIndex((model) => model.id === id);
  const from = afterId === undefined ? 0 : following(indexOf(afterId), models.length);
  const to = beforeId === undefined ? models.length : Math.max(0, indexOf(beforeId));
  const section = models.slice(from, to);
  const isBackwards = beforeId !== undefined && afterId === undefined;
  const shown = isBackwards ? section.slice(-limit) : section.slice(0, limit);
  return {
    data: shown.map(encodeModel),
    has_more: shown.length < section.length,
    first_id: shown[0]?.id ?? null,
    last_id: shown.at(-1)?.id ?? null,
  };
}

function following(index: number, length: number): number {
  return index < 0 ? length : index + 1;
}
