import { MillpondError } from '../core/error.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * The one that is meant by name or id, or the only one when nothing is said. Rejects with `not-found`
 * or, where several could be meant, with `invalid-request` and their names.
 */
export function pick<T extends Named>(
  all: readonly T[],
  wanted: string | undefined,
  words: { readonly none: string; readonly which: string },
): T {
  if (all.length === 0) throw new MillpondError('not-found', words.none);
  const matching =
    wanted === undefined
      ? all
      : all.filter(({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase());
  const [only, ...others] = matching;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) {
    throw new MillpondError(
      'not-found',
      `There is no "${wanted ?? ''}" here; there is ${namesOf(all)}`,
    );
  }
  const choices =
    wanted === undefined ? namesOf(matching) : matching.map(({ id }) => id).join(', ');
  throw new MillpondError('invalid-request', `${words.which}: ${choices}`);
}

function namesOf(all: readonly Named[]): string {
  return all.map(({ name }) => `"${name}"`).join(', ');
}

export const heldPool = {
  none: 'No pool is held here; start one in the window or with `millpond serve --pool`',
  which: 'Say with --pool which one',
} as const;
