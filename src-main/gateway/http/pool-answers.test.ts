import { afterEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { directoryOf, offeredModel, startGateway } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend } from '../../testing/scripted-backend.ts';
import type { MachineScript } from '../routing/scripted-machines.fixture.ts';
import { lost, machine, wholeAnswer } from '../routing/scripted-machines.fixture.ts';

let fixture: GatewayFixture | undefined;

afterEach(async () => {
  await fixture?.gateway.stop();
});

/** A gateway over own machines, which keyless callers may ask; the first one is the fastest. */
async function start(...scripts: readonly MachineScript[]) {
  const machines = scripts.map((script, index) =>
    machine(`m${index.toString()}`, {
      ...script,
      offer: { rates: ratesOf(index), ...script.offer },
      upstream: { kind: 'local', trust: 'own', ...script.upstream },
    }),
  );
  const models = [offeredModel('guide')];
  const upstreams = machines.map(({ upstream }) => upstream);
  const started = await startGateway(
    createScriptedBackend(() => []),
    {
      directory: directoryOf(models, upstreams),
    },
  );
  const ask = (stream: boolean, headers: Record<string, string> = {}) => {
    const messages = [{ role: 'user', content: 'Hi' }];
    const body = { model: 'guide', stream, messages };
    return started.post('/v1/chat/completions', body, headers);
  };
  fixture = started;
  return { machines, ask };
}

const ratesOf = (index: number) => ({ prefillPerSecond: 1000, decodePerSecond: 80 / 4 ** index });

const length = 12;
const spoken = wholeAnswer(length)
  .map((token) => `${token.toString()} `)
  .join('');
const losesAt = (place: number): MachineScript => ({
  length,
  before: (index, { number }) => {
    if (index === place && number === 0) throw lost();
  },
});

/** The text of a stream's frames. */
function textOf(stream: string): string {
  return [...stream.matchAll(/"content":"([^"]*)"/g)].map(([, text]) => text ?? '').join('');
}

describe('an answer whose machine is lost', () => {
  test('streams on as if nothing had happened, and says so in a comment', async () => {
    const { ask } = await start(losesAt(5), { length });
    const { text, status, headers } = await ask(true);
    expect(status).toBe(200);
    expect(textOf(text)).toBe(spoken);
    expect(text).toMatch(/: moved from m0 machine to m1 machine behind token 5 after \d+ ms\n\n/);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(headers['x-millpond-attempts']).toBe('1');
  });

  test('is whole for who waits for all of it, with the way in headers', async () => {
    const { ask } = await start(losesAt(5), { length });
    const answer = await ask(false);
    expect(answer.json()).toMatchObject({
      choices: [{ message: { content: spoken }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 11, completion_tokens: length },
    });
    expect(answer.headers).toMatchObject({
      'x-millpond-machine': 'm1 machine',
      'x-millpond-moved-from': 'm0 machine',
    });
  });

  test('E11: ends with an error event and no [DONE] where nobody else has the model', async () => {
    const { ask } = await start(losesAt(5));
    const { text } = await ask(true);
    expect(textOf(text).trim().split(' ')).toEqual(wholeAnswer(5).map(String));
    expect(text).toContain('"code":"node-lost"');
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('"finish_reason":"stop"');
  });
});

describe('a request with wishes', () => {
  test('names its machine, and a hidden one is as good as none', async () => {
    const { ask, machines } = await start({ length }, { length });
    const { headers } = await ask(false, { 'x-millpond-node': 'm1 machine' });
    expect(headers['x-millpond-machine']).toBe('as it says');
    expect(machines.map(({ calls }) => calls.length)).toEqual([0, 1]);
    const { status, text } = await ask(false, { 'x-millpond-node': 'hidden' });
    expect(status).toBe(404);
    expect(text).toContain("There is no model called 'guide@hidden'");
  });

  test('does not wait for a load', async () => {
    const { ask, machines } = await start({ offer: { state: { phase: 'loading', share: 0.25 } } });
    const answer = await ask(true, { 'x-millpond-cold-start': 'refuse' });
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('12');
    expect(answer.json()).toMatchObject({
      error: { code: 'loading', loading: { node: 'm0 machine', phase: 'loading', percent: 25 } },
    });
    expect(machines[0]?.calls[0]?.request.input.task).toBe('count');
  });

  test('cannot get out of this machine without a key', async () => {
    const { ask } = await start({ upstream: { kind: 'node', trust: 'guest' } });
    const { status } = await ask(false, { 'x-millpond-privacy': 'any' });
    expect(status).toBe(403);
  });

  test('that makes no sense is refused by name and shown in Activity', async () => {
    const { ask } = await start({ length });
    const answer = await ask(false, { 'x-millpond-privacy': 'everybody' });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ error: { param: 'x-millpond-privacy' } });
  });
});

describe('a request that waits in line', () => {
  test('gets its answer when the one before is over', async () => {
    const free = Promise.withResolvers<undefined>();
    const { ask, machines } = await start({ length, first: () => free.promise });
    const answers = [ask(true), ask(true)];
    free.resolve(undefined);
    const texts = (await Promise.all(answers)).map(({ text }) => textOf(text));
    expect(texts).toEqual([spoken, spoken]);
    expect(machines[0]?.mostRunning).toBe(1);
  });

  test('is refused with a time to come back when the machine is too busy for good', async () => {
    const { ask } = await start({
      first: () => {
        throw new MillpondError('rate-limited', 'Later', { retryAfterMs: 4000 });
      },
    });
    const { status, headers } = await ask(true);
    expect([status, headers['retry-after']]).toEqual([429, '4']);
  });
});
