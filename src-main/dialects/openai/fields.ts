import type { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import type { Demand } from '../../core/inference.ts';
import { parseInput } from '../issue.ts';

/** Says why a value of a field cannot be honoured; undefined when it can. */
type Refusal = (value: unknown) => string | undefined;

/** What happens to the documented fields that a decoder does not read itself. */
export interface FieldPolicy {
  /** Honoured for values that ask for nothing we do not do; anything else needs a server of this API. */
  readonly demanded?: Readonly<Record<string, Refusal>>;
  /** A 400 whoever answers. */
  readonly refused?: Readonly<Record<string, Refusal>>;
}

/** What a decoder finds beside the request itself. Both lists grow while the body is read. */
export interface Findings {
  /** Fields that have no effect, as the caller spelled them; named in `x-millpond-ignored`. */
  readonly ignored: string[];
  /** Fields that have no place in the canonical form, and would be lost in it. */
  readonly demands: Demand[];
}

export interface ReadBody<Value> extends Findings {
  readonly value: Value;
}

export const never =
  (why: string): Refusal =>
  () =>
    why;

/** The field may be sent with one of these values, which ask for what happens anyway. */
export const onlyAs =
  (allowed: readonly unknown[], why: string): Refusal =>
  (value) =>
    allowed.some((each) => JSON.stringify(each) === JSON.stringify(value)) ? undefined : why;

const routes = 'where a request goes is decided by its model name, not by the body';
const credential = 'credentials travel in the Authorization header, not in the body';
const engineInternal = 'it belongs to the owner of the engine';

/** Fields of other servers that would choose a host, carry a credential or reprogram the engine. */
const refusedEverywhere: Readonly<Record<string, Refusal>> = {
  api_base: never(routes),
  base_url: never(routes),
  api_version: never(routes),
  custom_llm_provider: never(routes),
  provider: never(routes),
  fallbacks: never(routes),
  models: never(routes),
  route: never(routes),
  id_slot: never(engineInternal),
  slot_id: never(engineInternal),
  lora: never(engineInternal),
  lora_adapters: never(engineInternal),
  chat_template: never(engineInternal),
  chat_template_file: never(engineInternal),
  grammar: never('describe the output with response_format instead'),
  api_key: never(credential),
  organization: never(credential),
  headers: never(credential),
  extra_headers: never(credential),
};

/**
 * Reads a JSON body: `null` means absent, refused fields are a 400 by name, and whatever has no
 * effect or no place is reported instead of being dropped silently.
 */
export function readBody<Schema extends z.ZodObject>(
  body: unknown,
  schema: Schema,
  policy: FieldPolicy,
): ReadBody<z.output<Schema>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new MillpondError('invalid-request', 'The body must be a JSON object');
  }
  const given = Object.entries(body).filter(([, value]) => value !== null);
  const ignored: string[] = [];
  const demands: Demand[] = [];
  for (const [name, value] of given) {
    if (Object.hasOwn(schema.shape, name)) continue;
    const refused = ownRule(policy.refused, name) ?? ownRule(refusedEverywhere, name);
    const demanded = ownRule(policy.demanded, name);
    const why = (refused ?? demanded)?.(value);
    if (why === undefined) {
      if (refused === undefined && demanded === undefined) ignored.push(name);
    } else if (refused !== undefined) throw refusedField(name, why);
    else demands.push({ param: name, why });
  }
  return { value: parseInput(schema, Object.fromEntries(given)), ignored, demands };
}

/** Throws for a field that routes, names an address or carries a credential, in bytes that are passed on. */
export function refuseRoutingFields(body: object): void {
  for (const [name, value] of Object.entries(body)) {
    const why = value === null ? undefined : ownRule(refusedEverywhere, name)?.(value);
    if (why !== undefined) throw refusedField(name, why);
  }
}

/** The demands of a decoded body, where it has any. */
export function demandsOf({ demands }: Findings): { readonly demands?: readonly Demand[] } {
  return demands.length > 0 ? { demands } : {};
}

export function refusedField(param: string, why: string): MillpondError {
  return new MillpondError('invalid-request', `'${param}' is not supported here: ${why}`, {
    param,
    reason: 'unsupported_parameter',
  });
}

function ownRule(rules: Readonly<Record<string, Refusal>> = {}, name: string): Refusal | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined;
}

/** Drops the fields that are undefined, so that "absent" has one form. */
export function present<T extends object>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
    // Only undefined values were removed, which is exactly what the type says.
  ) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
