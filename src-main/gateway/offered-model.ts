import type { OfferedModel, Scope, UpstreamDirectory } from './ports.ts';

/** One model by its id, without a list of all being made where the directory can do without. */
export function offeredModel(
  directory: UpstreamDirectory,
  id: string,
  scope: Scope,
): OfferedModel | undefined {
  if (directory.model !== undefined) return directory.model(id, scope);
  return directory.models(scope).find((model) => model.id === id);
}
