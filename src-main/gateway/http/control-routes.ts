import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { contract } from '../../contract/control.ts';
import type { ControlContext, ControlHandlers } from '../../contract/control.ts';
import type { Call, Contract, Upload } from '../../contract/kinds.ts';
import { MillpondError } from '../../core/error.ts';
import { parseInput } from '../../dialects/issue.ts';
import { sessionOf } from './access.ts';
import { describeContract } from './openapi.ts';

interface ControlRouteDeps {
  readonly handlers: ControlHandlers;
  readonly version: string;
  /** Checks what handlers return against the contract; for tests and development. */
  readonly checkOutputs: boolean;
}

/** All handlers look alike here: the contract's schemas are what checks input and output. */
type AnyCallHandler = (input: unknown, context: ControlContext) => unknown;
type AnyUploadHandler = (input: unknown, body: Uint8Array, context: ControlContext) => unknown;

/** One route for each call and upload of the contract. */
export async function registerControlRoutes(
  app: FastifyInstance,
  deps: ControlRouteDeps,
): Promise<void> {
  const handlers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = deps.handlers;
  const uploads: { readonly entry: Upload; readonly handle: AnyUploadHandler }[] = [];
  const sections: Contract = contract;
  for (const [section, entries] of Object.entries(sections)) {
    for (const [name, entry] of Object.entries(entries)) {
      const handler = handlers[section]?.[name];
      if (entry.kind === 'call') addCall(app, entry, handler as AnyCallHandler, deps);
      if (entry.kind === 'upload') uploads.push({ entry, handle: handler as AnyUploadHandler });
    }
  }
  await app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, next) => {
      next(null, body);
    });
    for (const { entry, handle } of uploads) addUpload(scope, entry, handle, deps);
    done();
  });
  const description = describeContract(contract, deps.version);
  app.get('/control/openapi.json', { config: { access: 'session' } }, () => description);
}

function addCall(
  app: FastifyInstance,
  entry: Call,
  handler: AnyCallHandler,
  deps: ControlRouteDeps,
): void {
  app.route({
    method: entry.method,
    url: entry.path,
    config: { access: entry.access },
    handler: async (request, reply) => {
      const input = parseInput(entry.input, inputOf(entry, request));
      const output = await handler(input, contextOf(entry, request));
      return answer(reply, checked(entry.output, output, deps));
    },
  });
}

function addUpload(
  app: FastifyInstance,
  entry: Upload,
  handler: AnyUploadHandler,
  deps: ControlRouteDeps,
): void {
  app.route({
    method: entry.method,
    url: entry.path,
    bodyLimit: entry.maxBytes,
    config: { access: 'session' },
    handler: async (request, reply) => {
      const input = parseInput(entry.input, {
        ...asRecord(request.query),
        ...asRecord(request.params),
      });
      const { body } = request;
      if (!(body instanceof Uint8Array)) {
        throw new MillpondError('invalid-request', 'The body must be the bytes of a file');
      }
      const output = await handler(input, body, sessionOf(request));
      return answer(reply, checked(entry.output, output, deps));
    },
  });
}

/** Fields of the path win: they name what the request is about. */
function inputOf(entry: Call, request: FastifyRequest): unknown {
  const rest = entry.method === 'GET' ? request.query : (request.body ?? {});
  if (typeof rest !== 'object' || Array.isArray(rest)) return rest;
  return { ...rest, ...asRecord(request.params) };
}

function asRecord(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

const stranger: ControlContext = { personId: '', sessionId: '' };

function contextOf(entry: Call, request: FastifyRequest): ControlContext {
  return entry.access === 'stranger' ? stranger : sessionOf(request);
}

function checked(schema: z.ZodType, output: unknown, deps: ControlRouteDeps): unknown {
  if (!deps.checkOutputs) return output;
  const result = schema.safeParse(output);
  if (result.success) return result.data;
  throw new MillpondError('internal', 'The answer does not match the contract', {
    cause: result.error,
  });
}

async function answer(reply: FastifyReply, output: unknown): Promise<FastifyReply> {
  return reply.header('cache-control', 'no-store').send(output ?? {});
}
