type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that a caller gave. JSON has no `undefined`, but the types of optional fields do. */
export function givenFields<T extends object>(fields: T): Given<T> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Given<T>;
}
