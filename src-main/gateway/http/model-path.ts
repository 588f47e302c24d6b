/** What can be asked of a model under its own path. */
export const modelOperations = ['chat/completions', 'completions', 'embeddings', 'rerank'] as const;
export type ModelOperation = (typeof modelOperations)[number];

export interface ModelPath {
  readonly model: string;
  readonly operation: ModelOperation;
}

/**
 * Splits what follows `/v1/models/` into a model and an operation. Ids contain slashes, raw or as
 * `%2F`, and may even end like an operation: of several readings the longest known id wins.
 */
export function splitModelPath(
  rest: string,
  isKnown: (model: string) => boolean,
): ModelPath | undefined {
  const path = decodePath(rest);
  if (path === undefined) return undefined;
  const readings = modelOperations
    .filter((operation) => path.endsWith(`/${operation}`))
    .map((operation) => ({ model: path.slice(0, -operation.length - 1), operation }))
    .filter((reading) => reading.model !== '')
    .toSorted((a, b) => b.model.length - a.model.length);
  return readings.find((reading) => isKnown(reading.model)) ?? readings.at(-1);
}

/** Undefined when the percent signs make no sense. */
export function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    // A malformed escape names nothing.
    return undefined;
  }
}
