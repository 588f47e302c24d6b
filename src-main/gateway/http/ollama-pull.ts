import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import { parseInput } from '../../dialects/issue.ts';
import { encodeOllamaError } from '../../dialects/ollama/errors.ts';
import type { Caller } from '../caller.ts';
import { callerOf } from './access.ts';
import { watchCaller } from './answer-operation.ts';

/** How far a download is. */
export interface PullProgress {
  /** A lower-case phrase, such as `pulling model.gguf`. */
  readonly status: string;
  readonly digest?: string;
  readonly totalBytes?: number;
  readonly completedBytes?: number;
}

/** Downloads on behalf of callers of the Ollama API; implemented over the downloader by `app/`. */
export interface ModelPulls {
  /** Whoever may start a download in the window: the owner of this machine. */
  mayPull(personId: string): boolean;
  /**
   * Ends when the model is here, and throws when it cannot be. Aborting stops the download; what is
   * there of it is kept. `name` is as the caller spelled it.
   */
  pullModel(name: string, signal: AbortSignal): AsyncIterable<PullProgress>;
}

const pullBody = z.object({
  model: z.string().min(1).max(500).optional(),
  name: z.string().min(1).max(500).optional(),
  stream: z.boolean().nullish(),
  insecure: z.literal(false, 'downloads are always verified').nullish(),
});

/** `POST /api/pull`: progress line by line, or one object at the end. */
export async function pullModel(
  request: FastifyRequest,
  reply: FastifyReply,
  pulls: ModelPulls | undefined,
): Promise<FastifyReply> {
  const allowed = admitted(callerOf(request), pulls);
  const { model, name = model, stream } = parseInput(pullBody, request.body);
  if (name === undefined) {
    throw new MillpondError('invalid-request', "'model' is required", { param: 'model' });
  }
  const { signal } = watchCaller(reply);
  const progress = allowed.pullModel(name, signal)[Symbol.asyncIterator]();
  // What fails at once keeps its own status.
  let next = await progress.next();
  if (stream === false) {
    while (next.done !== true) next = await progress.next();
    return reply.send({ status: 'success' });
  }
  void reply.type('application/x-ndjson');
  return reply.send(Readable.from(linesOf(progress, next)));
}

async function* linesOf(
  progress: AsyncIterator<PullProgress>,
  first: IteratorResult<PullProgress, unknown>,
): AsyncGenerator<string, void, undefined> {
  let next = first;
  try {
    while (next.done !== true) {
      yield line(encodeProgress(next.value));
      next = await progress.next();
    }
    yield line({ status: 'success' });
  } catch (thrown) {
    yield line(encodeOllamaError(MillpondError.from(thrown)));
  } finally {
    await progress.return?.();
  }
}

function encodeProgress({ status, digest, totalBytes, completedBytes }: PullProgress): object {
  return {
    status,
    ...(digest !== undefined && { digest }),
    ...(totalBytes !== undefined && { total: totalBytes }),
    ...(completedBytes !== undefined && { completed: completedBytes }),
  };
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** What fills the disk is asked by the owner, and never by nobody in particular. */
function admitted(caller: Caller, pulls: ModelPulls | undefined): ModelPulls {
  if (pulls === undefined) {
    throw new MillpondError(
      'unsupported-capability',
      'This gateway downloads no models; put the file into its models folder',
      { reason: 'unsupported_capability' },
    );
  }
  if (caller.kind === 'keyless') {
    throw new MillpondError(
      'unauthenticated',
      "Downloading a model needs a key of the gateway's owner; without one, use Millpond's Discover page",
    );
  }
  // A key made for some models is not for fetching others.
  const isKey = caller.kind === 'key' && caller.models === undefined;
  if ((isKey || caller.kind === 'session') && pulls.mayPull(caller.personId)) return pulls;
  throw new MillpondError(
    'forbidden',
    "Models are downloaded by the gateway's owner, with a key that is for every model, or on Millpond's Discover page",
  );
}
