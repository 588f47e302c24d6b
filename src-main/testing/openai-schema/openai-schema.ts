import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import type { Schema } from 'ts-json-schema-generator';
import { expect } from 'vitest';
import type { WireKind } from './wire-types.ts';

/**
 * The public schema of the OpenAI API, for tests. Its text is nobody's to copy and no package carries it
 * as data, so it is derived from the types of the official client, which are generated from it. Objects
 * are closed: a field that neither the schema nor `ownFields` knows is an error too.
 */

type Definition = Exclude<NonNullable<Schema['definitions']>[string], boolean>;

/** What only the client's classes have; it never goes over the wire. */
const clientFields = ['output_text', '_request_id'];

/** What we say beside the schema, and clients skip. */
const ownFields: Readonly<Record<string, Readonly<Record<string, Definition>>>> = {
  ChatCompletionMessage: { reasoning_content: { type: 'string' } },
  'ChatCompletionChunk.Choice.Delta': { reasoning_content: { type: 'string' } },
  ErrorObject: { request_id: { type: 'string' }, loading: { type: 'object' } },
  Model: {
    context_length: { type: 'integer' },
    capabilities: { type: 'object' },
    ready: { type: 'boolean' },
  },
  // Documented and sent, and missing in the client's types.
  Response: { store: { type: 'boolean' } },
  ResponseFunctionCallArgumentsDoneEvent: { name: { type: 'string' } },
};

let compiled: Ajv | undefined;

/** Derives the schema, which takes some seconds: call it before the first test. */
export function loadSchema(): void {
  compiled ??= compile();
}

/** Fails unless the value is exactly what the schema says of this kind. */
export function expectValid(kind: WireKind, value: unknown): void {
  expect(problemsOf(kind, value), `${kind}: ${JSON.stringify(value)}`).toEqual([]);
}

/** What is wrong with a value, one sentence each; empty when nothing is. */
export function problemsOf(kind: WireKind, value: unknown): readonly string[] {
  const validate = validatorOf(kind, value);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(sentenceOf);
}

/** Of a union the one branch whose `type` the value names, so that errors are about that one. */
function validatorOf(kind: WireKind, value: unknown): ValidateFunction {
  compiled ??= compile();
  const name = kind === 'responseEvent' ? eventName(value) : undefined;
  const found = compiled.getSchema(`wire#/${name ?? `properties/${kind}`}`);
  if (found === undefined) throw new Error(`the schema has nothing called ${kind}`);
  return found;
}

let events: ReadonlyMap<string, string> = new Map();

function eventName(value: unknown): string | undefined {
  const hasType = typeof value === 'object' && value !== null && 'type' in value;
  const found = hasType && typeof value.type === 'string' ? events.get(value.type) : undefined;
  return found && `definitions/${found}`;
}

function sentenceOf({ instancePath, message = 'is wrong', params }: ErrorObject): string {
  return `${instancePath || '/'} ${message} ${JSON.stringify(params)}`;
}

function compile(): Ajv {
  const schema = createGenerator({
    path: join(import.meta.dirname, 'wire-types.ts'),
    tsconfig: join(import.meta.dirname, '../../../tsconfig.node.json'),
    type: 'WireTypes',
    skipTypeCheck: true,
    topRef: false,
  }).createSchema('WireTypes');
  const definitions = schema.definitions ?? {};
  const named = new Map<string, string>();
  for (const [name, definition] of Object.entries(definitions)) {
    if (typeof definition !== 'object') continue;
    adapt(name, definition);
    const type = definition.properties?.['type'];
    const event = typeof type === 'object' ? type.const : undefined;
    if (name.endsWith('Event') && typeof event === 'string') named.set(event, name);
  }
  events = named;
  const ajv = new Ajv({ allErrors: true, strict: false });
  const document: Record<string, unknown> = { ...schema };
  ajv.addSchema(document, 'wire');
  return ajv;
}

function adapt(name: string, definition: Definition): void {
  const required = definition.required?.filter((field) => !clientFields.includes(field));
  if (required !== undefined) definition.required = required;
  const own = Object.hasOwn(ownFields, name) ? ownFields[name] : undefined;
  if (own !== undefined) definition.properties = { ...definition.properties, ...own };
}
