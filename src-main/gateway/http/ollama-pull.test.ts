import Fastify from 'fastify';
import { Ollama } from 'ollama';
import { expect, onTestFinished, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { directoryOf, offeredModel, silentLogger } from '../../testing/gateway-fixture.ts';
import type { Caller } from '../caller.ts';
import { guardRoutes } from './access.ts';
import type { AnswerDeps } from './answer-operation.ts';
import { sendError } from './http-errors.ts';
import type { ModelPulls, PullProgress } from './ollama-pull.ts';
import { registerOllamaRoutes } from './ollama-routes.ts';
import { readJsonBodies } from './raw-request.ts';
import { defaultStreamTiming } from './send-stream.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';

const session: Caller = { kind: 'session', sessionId: 's', personId: 'owner' };

interface Script {
  readonly caller?: Caller;
  /** None where the gateway downloads nothing. */
  readonly steps?: readonly (PullProgress | Error)[];
  readonly onSignal?: (signal: AbortSignal) => Promise<void>;
}

/** The routes of this API alone, over a scripted downloader. */
async function open({ caller = session, steps, onSignal }: Script) {
  const app = Fastify({ forceCloseConnections: true });
  let port = 0;
  guardRoutes(app, {
    port: () => port,
    authenticator: {
      ownerPersonId: 'owner',
      caller: () => caller,
      session: () => {
        throw new Error('no session here');
      },
    },
  });
  app.setErrorHandler((error, request, reply) => {
    sendError(request, reply, error, silentLogger);
  });
  readJsonBodies(app);
  const asked: string[] = [];
  const pulls: ModelPulls = {
    mayPull: (personId) => personId === 'owner',
    async *pullModel(name, signal) {
      asked.push(name);
      for (const step of steps ?? []) {
        if (step instanceof Error) throw step;
        yield step;
      }
      await onSignal?.(signal);
    },
  };
  const clock = createFakeClock();
  const answers: AnswerDeps = {
    infer: () => {
      throw new Error('nothing is asked here');
    },
    refuse: () => undefined,
    ...{ clock, timing: defaultStreamTiming, deadlineMs: 1000 },
  };
  registerOllamaRoutes(app, {
    ...{ directory: directoryOf([offeredModel('guide')], []), version: '1.2.3', answers },
    ...(steps !== undefined && { pulls }),
  });
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  onTestFinished(() => app.close());
  return { ollama: new Ollama({ host: `http://127.0.0.1:${port.toString()}` }), asked };
}

const steps: readonly PullProgress[] = [
  { status: 'pulling manifest' },
  { status: 'pulling guide.gguf', digest: 'sha256:ab', totalBytes: 10, completedBytes: 5 },
];

test('tells how far a download is, line by line', async () => {
  const { ollama, asked } = await open({ steps });
  const parts = await Array.fromAsync(await ollama.pull({ model: 'hf.co/a/b:Q4', stream: true }));
  expect(parts).toEqual([
    { status: 'pulling manifest' },
    { status: 'pulling guide.gguf', digest: 'sha256:ab', total: 10, completed: 5 },
    { status: 'success' },
  ]);
  expect(asked).toEqual(['hf.co/a/b:Q4']);
});

test('answers once, at the end, where nobody asked for a stream', async () => {
  const { ollama } = await open({ steps });
  expect(await ollama.pull({ model: 'guide' })).toEqual({ status: 'success' });
});

test('what fails at once keeps its status, what fails later is the last line', async () => {
  const missing = new MillpondError('not-found', 'There is no such model');
  const early = await open({ steps: [missing] });
  const refused = early.ollama.pull({ model: 'x', stream: true });
  await expect(refused).rejects.toMatchObject({ status_code: 404, message: missing.message });
  const full = new MillpondError('storage-full', 'The disk is full');
  const late = await open({ steps: [...steps, full] });
  const parts = Array.fromAsync(await late.ollama.pull({ model: 'x', stream: true }));
  await expect(parts).rejects.toThrow('The disk is full');
});

test('stops when its caller leaves', async () => {
  const begun = Promise.withResolvers<AbortSignal>();
  const { ollama } = await open({
    steps,
    onSignal: async (signal) => {
      begun.resolve(signal);
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
    },
  });
  const stream = await ollama.pull({ model: 'x', stream: true });
  const read = Array.fromAsync(stream);
  const failed = expect(read).rejects.toThrow();
  const signal = await begun.promise;
  stream.abort();
  await failed;
  await expect.poll(() => signal.aborted).toBe(true);
});

const ownKey: Caller = { kind: 'key', keyId: 'k', name: 'k', personId: 'owner' };

test.each<readonly [string, Caller, number]>([
  ['the owner, signed in', session, 200],
  ["the owner's key", ownKey, 200],
  ["the owner's key for one model", { ...ownKey, models: ['guide'] }, 403],
  ["somebody else's key", { ...ownKey, personId: 'member' }, 403],
  ["somebody else's session", { ...session, personId: 'member' }, 403],
  ['nobody in particular at this machine', { kind: 'keyless', personId: 'owner' }, 401],
])('is for the owner: %s', async (_who, caller, status) => {
  const { ollama, asked } = await open({ caller, steps });
  const answer = ollama.pull({ model: 'x' });
  if (status === 200) await expect(answer).resolves.toEqual({ status: 'success' });
  else await expect(answer).rejects.toMatchObject({ status_code: status });
  expect(asked).toHaveLength(status === 200 ? 1 : 0);
});

test('a gateway that downloads nothing says so', async () => {
  const { ollama } = await open({});
  await expect(ollama.pull({ model: 'x' })).rejects.toThrow('This gateway downloads no models');
});
