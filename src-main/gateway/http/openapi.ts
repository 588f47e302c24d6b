import { z } from 'zod';
import type { Call, Contract, Upload } from '../../contract/kinds.ts';

/** The OpenAPI 3.1 description of the control API, made from the contract itself. */
export function describeContract(contract: Contract, version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [section, entries] of Object.entries(contract)) {
    for (const [name, entry] of Object.entries(entries)) {
      if (entry.kind === 'notification') continue;
      const path = entry.path.replace(/:(\w+)/g, '{$1}');
      const methods = (paths[path] ??= {});
      methods[entry.method.toLowerCase()] = describeEntry(`${section}.${name}`, section, entry);
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Millpond control API', version },
    components: { securitySchemes: { session: { type: 'http', scheme: 'bearer' } } },
    security: [{ session: [] }],
    paths,
  };
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
}

function describeEntry(operationId: string, tag: string, entry: Call | Upload): object {
  const input = objectSchema(entry.input);
  const inPath = [...entry.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
  const rest = Object.keys(input.properties).filter((name) => !inPath.includes(name));
  const restInQuery = entry.kind === 'upload' || entry.method === 'GET';
  const parameter = (name: string, where: 'path' | 'query'): object => ({
    name,
    in: where,
    required: where === 'path' || input.required.includes(name),
    schema: input.properties[name] ?? {},
  });
  const body = requestBody(entry, input, rest);
  return {
    operationId,
    tags: [tag],
    ...(entry.kind === 'call' && entry.access === 'stranger' && { security: [] }),
    parameters: [
      ...inPath.map((name) => parameter(name, 'path')),
      ...(restInQuery ? rest.map((name) => parameter(name, 'query')) : []),
    ],
    ...(body !== undefined && { requestBody: body }),
    responses: {
      200: {
        description: 'Done',
        content: { 'application/json': { schema: jsonSchema(entry.output, 'output') } },
      },
      default: { description: 'An error: `{ "error": { "code", "message" } }`' },
    },
  };
}

function requestBody(
  entry: Call | Upload,
  input: ObjectSchema,
  rest: readonly string[],
): object | undefined {
  if (entry.kind === 'upload') {
    return { required: true, content: { 'application/octet-stream': { schema: {} } } };
  }
  if (entry.method === 'GET' || rest.length === 0) return undefined;
  const schema = {
    type: 'object',
    properties: Object.fromEntries(rest.map((name) => [name, input.properties[name] ?? {}])),
    required: input.required.filter((name) => rest.includes(name)),
  };
  return { required: true, content: { 'application/json': { schema } } };
}

function objectSchema(schema: z.ZodType): ObjectSchema {
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as Partial<ObjectSchema>;
  return { properties, required };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' });
}
