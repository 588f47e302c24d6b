import { request as openRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { startGateway } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import {
  createScriptedBackend,
  finishChunk,
  saying,
  scriptedHead,
  textChunks,
} from '../../testing/scripted-backend.ts';
import type { ScriptStep } from '../../testing/scripted-backend.ts';

let fixture: GatewayFixture | undefined;

afterEach(async () => {
  await fixture?.gateway.stop();
});

interface OpenStream {
  readonly response: IncomingMessage;
  text(): string;
  /** Resolves once the body holds this. */
  shows(part: string): Promise<void>;
  readonly ended: Promise<void>;
}

/** Starts a streamed chat; resolves when its headers are here. */
function openStream(port: number): Promise<OpenStream> {
  return new Promise((resolve, reject) => {
    const outgoing = openRequest({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'content-type': 'application/json' },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      let text = '';
      const waiting = new Set<() => void>();
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        for (const check of waiting) check();
      });
      resolve({
        response,
        text: () => text,
        shows: (part) =>
          new Promise((found) => {
            const check = (): void => {
              if (!text.includes(part)) return;
              waiting.delete(check);
              found();
            };
            waiting.add(check);
            check();
          }),
        ended: new Promise((done) => {
          response.on('close', done);
        }),
      });
    });
    const messages = [{ role: 'user', content: 'Hi' }];
    outgoing.end(JSON.stringify({ model: 'guide', stream: true, messages }));
  });
}

async function start(steps: () => Iterable<ScriptStep>) {
  const clock = createFakeClock();
  const backend = createScriptedBackend(steps);
  fixture = await startGateway(backend, { clock });
  return { clock, backend, port: fixture.port };
}

const status = (position: number): InferenceChunk => ({
  type: 'status',
  status: { phase: 'queued', position, etaMs: 19_400 },
});

describe('a stream that waits in line', () => {
  test('tells its place in the headers, and in comments once they are out', async () => {
    const [second, first] = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()];
    const { clock, backend, port } = await start(() => [
      status(2),
      () => second.promise,
      status(1),
      () => first.promise,
      ...saying('Hello'),
    ]);
    const made = backend.nextCall();
    const opening = openStream(port);
    await made;
    await clock.advance(5000);
    const stream = await opening;
    expect(stream.response.headers).toMatchObject({
      'x-millpond-queue-position': '2',
      'x-millpond-queue-eta': '20',
    });
    second.resolve(undefined);
    await stream.shows(': queued 1 about 20 s\n\n');
    first.resolve(undefined);
    await stream.ended;
    expect(stream.text()).toContain('Hello');
  });

  test('that is over soon has no place in its headers', async () => {
    const { port } = await start(() => [status(2), ...saying('Hello')]);
    const stream = await openStream(port);
    await stream.ended;
    expect(stream.response.headers).not.toHaveProperty('x-millpond-queue-position');
    expect(stream.text()).not.toContain(': queued');
  });
});

describe('a stream whose model is still loading', () => {
  test('gets headers after five seconds, comments while it waits, then the answer', async () => {
    const loaded = Promise.withResolvers<unknown>();
    const { clock, backend, port } = await start(() => [() => loaded.promise, ...saying('Hello')]);
    const made = backend.nextCall();
    const opening = openStream(port);
    await made;
    await clock.advance(5000);
    const stream = await opening;
    expect(stream.response.statusCode).toBe(200);
    await stream.shows(': waiting for the model\n\n');
    await clock.advance(10_000);
    await stream.shows(': heartbeat\n\n');
    expect(stream.text()).not.toContain('data:');
    loaded.resolve(undefined);
    await stream.ended;
    expect(stream.text()).toContain(
      ': x-millpond-model: guide, x-millpond-machine: test-machine, x-millpond-attempts: 1\n\n',
    );
    expect(stream.text()).toContain('"content":"Hello"');
    expect(stream.text().endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('gets a failure as its last event when headers have left already', async () => {
    const loaded = Promise.withResolvers<unknown>();
    const failure = new MillpondError('model-load-failed', 'The file is damaged');
    const { clock, backend, port } = await start(() => [() => loaded.promise, failure]);
    const made = backend.nextCall();
    const opening = openStream(port);
    await made;
    await clock.advance(5000);
    const stream = await opening;
    loaded.resolve(undefined);
    await stream.ended;
    expect(stream.text()).toContain('data: {"error":{"message":"The file is damaged"');
    expect(stream.text()).not.toContain('[DONE]');
  });
});

describe('a stream that has begun', () => {
  test('gets heartbeats while the engine is silent, and none while it speaks', async () => {
    const goOn = Promise.withResolvers<unknown>();
    const { clock, port } = await start(() => [
      scriptedHead,
      ...textChunks('a'),
      () => goOn.promise,
      finishChunk(1),
    ]);
    const stream = await openStream(port);
    await stream.shows('"content":"a"');
    expect(stream.text()).not.toContain(': heartbeat');
    await clock.advance(10_000);
    await stream.shows(': heartbeat\n\n');
    goOn.resolve(undefined);
    await stream.ended;
    expect(stream.text().match(/: heartbeat/g)).toHaveLength(1);
  });

  test('waits for a slow reader, and stops the engine when nothing is read at all', async () => {
    const piece = 'x'.repeat(64 * 1024);
    function* flood(): Generator<ScriptStep> {
      yield scriptedHead;
      for (;;) {
        yield { type: 'text', text: piece };
        yield () => new Promise((resolve) => setImmediate(resolve));
      }
    }
    const { clock, backend, port } = await start(flood);
    const made = backend.nextCall();
    const stream = await openStream(port);
    const call = await made;
    stream.response.pause();
    // Kernel and socket buffers fill up; from then on nothing more is pulled.
    let before = -1;
    await expect
      .poll(
        () => {
          const isStill = call.pulled === before;
          before = call.pulled;
          return isStill;
        },
        { interval: 200 },
      )
      .toBe(true);
    expect(call.signal.aborted).toBe(false);
    await clock.advance(60_000);
    await expect.poll(() => call.isClosed).toBe(true);
  });
});

describe('stopping the gateway', () => {
  test('lets a running answer finish within the grace time and refuses new ones', async () => {
    const goOn = Promise.withResolvers<unknown>();
    const { port } = await start(() => [
      scriptedHead,
      ...textChunks('a'),
      () => goOn.promise,
      finishChunk(1),
    ]);
    const stream = await openStream(port);
    await stream.shows('"content":"a"');
    const stopped = fixture?.gateway.stop({ graceMs: 10_000 });
    await expect
      .poll(
        async () =>
          (await fixture?.post('/v1/completions', { model: 'guide', prompt: 'x' }))?.status,
      )
      .toBe(503);
    goOn.resolve(undefined);
    await stream.ended;
    expect(stream.text().endsWith('data: [DONE]\n\n')).toBe(true);
    await stopped;
    fixture = undefined;
  });

  test('tells an answer that would take longer why it ends', async () => {
    const { clock, port } = await start(() => [
      scriptedHead,
      ...textChunks('a'),
      () => new Promise(() => {}),
    ]);
    const stream = await openStream(port);
    await stream.shows('"content":"a"');
    const stopped = fixture?.gateway.stop({ graceMs: 10_000 });
    await expect.poll(() => clock.waiting).toBeGreaterThan(0);
    await clock.advance(10_000);
    await stream.ended;
    expect(stream.text()).toContain('data: {"error":{"message":"Millpond is stopping"');
    expect(stream.text()).not.toContain('[DONE]');
    await clock.advance(1000);
    await stopped;
    fixture = undefined;
  });
});
