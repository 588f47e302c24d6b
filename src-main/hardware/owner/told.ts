/** A fact, or why this system does not tell it, in one clause. */
export type Told<T> =
  | { readonly isKnown: true; readonly value: T }
  | { readonly isKnown: false; readonly problem: string };

export function known<T>(value: T): Told<T> {
  return { isKnown: true, value };
}

export function unknown(problem: string): { readonly isKnown: false; readonly problem: string } {
  return { isKnown: false, problem };
}
