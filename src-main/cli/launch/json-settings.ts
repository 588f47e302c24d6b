import { MillpondError } from '../../core/error.ts';

/** A JSON value. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
interface JsonObject {
  readonly [key: string]: Json;
}

/** One place in a settings file, and what stood there before. */
export interface Replaced {
  readonly path: readonly string[];
  readonly ours: Json;
  /** Absent: nothing stood there. */
  readonly before?: Json;
}

/** Throws `invalid-request` for a text that is no JSON object: nothing is written over what cannot be read. */
export function parseSettings(text: string | undefined, file: string): JsonObject {
  if (text === undefined || text.trim() === '') return {};
  const value = parse(text);
  if (isObject(value)) return value;
  throw new MillpondError(
    'invalid-request',
    `${file} cannot be read as JSON, so nothing was changed; mend it or move it away`,
  );
}

/** The settings with ours in them, and what they took the place of. */
export function putIn(
  settings: JsonObject,
  ours: readonly { readonly path: readonly string[]; readonly value: Json }[],
): { readonly settings: JsonObject; readonly replaced: readonly Replaced[] } {
  const replaced: Replaced[] = [];
  let changed = settings;
  for (const { path, value } of ours) {
    const before = at(settings, path);
    replaced.push({ path, ours: value, ...(before !== undefined && { before }) });
    changed = withValue(changed, path, value);
  }
  return { settings: changed, replaced };
}

/** Puts back what stood there; what somebody has changed since then stays as it is. */
export function putBack(settings: JsonObject, replaced: readonly Replaced[]): JsonObject {
  return replaced.reduce<JsonObject>((changed, { path, ours, before }) => {
    if (JSON.stringify(at(changed, path)) !== JSON.stringify(ours)) return changed;
    return withValue(changed, path, before);
  }, settings);
}

function at(value: Json | undefined, [name, ...rest]: readonly string[]): Json | undefined {
  if (name === undefined) return value;
  return isObject(value) ? at(value[name], rest) : undefined;
}

/** Undefined takes the value away, and objects that are empty then with it. */
function withValue(
  object: JsonObject,
  [name = '', ...rest]: readonly string[],
  value: Json | undefined,
): JsonObject {
  const inner = object[name];
  const next = rest.length === 0 ? value : withValue(isObject(inner) ? inner : {}, rest, value);
  const { [name]: _old, ...others } = object;
  const isGone = next === undefined || (value === undefined && isEmpty(next));
  if (isGone) return others;
  // In its old place, where it had one.
  return name in object ? { ...object, [name]: next } : { ...object, [name]: next };
}

function isEmpty(value: Json): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // told by the caller, who knows the file
  }
}
