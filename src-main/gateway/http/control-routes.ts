import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { contract } from '../../contract/control.ts';
import type { ControlContext, ControlHandlers } from '../../contract/control.ts';
import type { Call, Contract, Upload } from '../../contract/kinds.ts';
import { MillpondError } from '../../core/error.ts';
import { parseInput } from '../../dialects/issue.ts';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Permissions } from '../people/permissions.ts';
import { sessionOf } from './access.ts';
import type { Authenticator } from './authenticate.ts';
import { doorOf, peerOf } from './door.ts';
import { describeContract } from './openapi.ts';

interface ControlRouteDeps {
  readonly handlers: ControlHandlers;
  readonly version: string;
  /** Checks what handlers return against the contract; for tests and development. */
  readonly checkOutputs: boolean;
  readonly authenticator: Pick<Authenticator, 'ownerPersonId'>;
  /** Who may make which call; absent: the owner alone makes any. */
  readonly permissions?: Pick<Permissions, 'check'>;
  /** Writes down what was changed, and what was refused; absent: nothing is. */
  readonly audit?: AuditTrail;
}

/** A call by its place in the contract. */
interface CallName {
  readonly section: string;
  readonly name: string;
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
  const uploads: (CallName & { readonly entry: Upload; readonly handle: AnyUploadHandler })[] = [];
  const sections: Contract = contract;
  for (const [section, entries] of Object.entries(sections)) {
    for (const [name, entry] of Object.entries(entries)) {
      const handler = handlers[section]?.[name];
      if (entry.kind === 'call') {
        addCall(app, { entry, section, name, handle: handler as AnyCallHandler }, deps);
      }
      if (entry.kind === 'upload') {
        uploads.push({ entry, section, name, handle: handler as AnyUploadHandler });
      }
    }
  }
  await app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, next) => {
      next(null, body);
    });
    for (const each of uploads) addUpload(scope, each, deps);
    done();
  });
  const description = describeContract(contract, deps.version);
  app.get('/control/openapi.json', { config: { access: 'session' } }, () => description);
}

function addCall(
  app: FastifyInstance,
  call: CallName & { readonly entry: Call; readonly handle: AnyCallHandler },
  deps: ControlRouteDeps,
): void {
  const { entry, handle } = call;
  const isStranger = entry.access === 'stranger';
  app.route({
    method: entry.method,
    url: entry.path,
    config: { access: isSetUp(call) ? 'set-up' : entry.access },
    handler: async (request, reply) => {
      const raw = inputOf(entry, request);
      const output = await audited(request, { ...call, raw }, deps, async () => {
        if (isLoopbackOnly(call) && doorOf(request) === 'public') throw loopbackOnly();
        const context = isStranger
          ? { ...stranger, peer: peerOf(request) }
          : permitted(request, call, raw, deps);
        return checked(entry.output, await handle(parseInput(entry.input, raw), context), deps);
      });
      return answer(reply, output);
    },
  });
}

function addUpload(
  app: FastifyInstance,
  upload: CallName & { readonly entry: Upload; readonly handle: AnyUploadHandler },
  deps: ControlRouteDeps,
): void {
  const { entry, handle } = upload;
  app.route({
    method: entry.method,
    url: entry.path,
    bodyLimit: entry.maxBytes,
    config: { access: 'session' },
    handler: async (request, reply) => {
      const raw = { ...asRecord(request.query), ...asRecord(request.params) };
      const output = await audited(request, { ...upload, raw }, deps, async () => {
        const context = permitted(request, upload, raw, deps);
        const input = parseInput(entry.input, raw);
        const { body } = request;
        if (!(body instanceof Uint8Array)) {
          throw new MillpondError('invalid-request', 'The body must be the bytes of a file');
        }
        return checked(entry.output, await handle(input, body, context), deps);
      });
      return answer(reply, output);
    },
  });
}

/** The one place where calls are written down: what changes something, whoever asked and however it ended. */
async function audited(
  request: FastifyRequest,
  call: CallName & { readonly entry: Call | Upload; readonly raw: unknown },
  { audit }: ControlRouteDeps,
  make: () => Promise<unknown>,
): Promise<unknown> {
  const { section, name, entry, raw } = call;
  const ended = audit?.begin({
    ...{ section, name, input: raw, method: entry.method },
    personId: request.millpondSession?.personId ?? '',
    address: peerOf(request).address,
  });
  try {
    const output = await make();
    ended?.({ output });
    return output;
  } catch (error) {
    ended?.({ error });
    throw error;
  }
}

/** The signed-in person, if the call is theirs to make. Asked before the input is looked at. */
function permitted(
  request: FastifyRequest,
  { section, name }: CallName,
  input: unknown,
  { permissions, authenticator }: ControlRouteDeps,
): ControlContext {
  const session = sessionOf(request);
  if (permissions !== undefined) permissions.check(session.personId, { section, name }, input);
  else if (session.personId !== authenticator.ownerPersonId) {
    throw new MillpondError('forbidden', 'Only the owner of this machine may do this');
  }
  return { ...session, peer: peerOf(request) };
}

/** Answered at the public door even before the gateway has been set up. */
function isSetUp({ section, name }: CallName): boolean {
  return section === 'session' && (name === 'welcome' || name === 'setUp');
}

/** Login codes are for windows of this machine: strangers get no chance to use up their tries. */
function isLoopbackOnly({ section, name }: CallName): boolean {
  return section === 'session' && name === 'open';
}

function loopbackOnly(): MillpondError {
  return new MillpondError(
    'forbidden',
    'Login links work on the machine that Millpond runs on; sign in with your password here',
    { reason: 'this-machine-only' },
  );
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

const stranger = { personId: '', sessionId: '' };

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
