import type { AttachedServer } from '../../../api.ts';

/** A key that was refused is left alone until `coolsUntil`. */
export function isResting(
  { coolsUntil }: Pick<AttachedServer['keys'][number], 'coolsUntil'>,
  now: number,
): boolean {
  return coolsUntil !== undefined && coolsUntil > now;
}

/** The upstream names that are left out after one model was switched. */
export function hiddenAfter(
  models: AttachedServer['models'],
  upstreamName: string,
  isOffered: boolean,
): string[] {
  return models
    .filter((model) => (model.upstreamName === upstreamName ? !isOffered : !model.isOffered))
    .map((model) => model.upstreamName);
}

/** Keys as they were typed: one a line, blanks forgiven, each once. */
export function keysIn(text: string): string[] {
  return [...new Set(text.split(/\s+/).filter((key) => key !== ''))];
}

/** What is typed about a server. */
export interface ServerDraft {
  readonly url: string;
  readonly name: string;
  /** One a line; they replace those that are kept. */
  readonly keys: string;
  /** All kept keys go and none comes. */
  readonly dropsKeys: boolean;
}

/** What is sent: an empty name and untouched keys stay as they are. */
export function changeIn({ url, name, keys, dropsKeys }: ServerDraft) {
  const typed = dropsKeys ? [] : keysIn(keys);
  return {
    url: url.trim(),
    ...(name.trim() !== '' && { name: name.trim() }),
    ...((typed.length > 0 || dropsKeys) && { keys: typed }),
  };
}
