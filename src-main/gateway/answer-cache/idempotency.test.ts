import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { settle } from '../../testing/fake-clock.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import { saying, scriptedHead, textChunks, finishChunk } from '../../testing/scripted-backend.ts';
import type { ScriptStep } from '../../testing/scripted-backend.ts';
import { cacheHeader, keyCaller, openStage, textOf } from './answer-cache.fixture.ts';
import { idempotency } from './idempotency.ts';

const open = (script: () => Iterable<ScriptStep> = () => saying('Hello', ' you')) =>
  openStage(idempotency, script);
const same = { idempotencyKey: 'key-1' };

describe('a request that is sent once more under the same key', () => {
  test('gets the finished answer again for ten minutes, and nobody is asked twice', async () => {
    const { ask, backend, clock } = open();
    expect(await textOf(ask(same))).toBe('Hello you');
    await clock.advance(10 * 60_000 - 1);
    expect(await cacheHeader(ask(same))).toBe('hit');
    expect(await textOf(ask(same))).toBe('Hello you');
    expect(backend.calls).toHaveLength(1);
    await clock.advance(1);
    await textOf(ask(same));
    expect(backend.calls).toHaveLength(2);
  });

  test('joins the answer that is under way, from its beginning', async () => {
    const gate = Promise.withResolvers<unknown>();
    const half = () => [
      scriptedHead,
      ...textChunks('one '),
      () => gate.promise,
      ...textChunks('two'),
      finishChunk(2),
    ];
    const { ask, backend } = open(half);
    const seen: string[] = [];
    const first = (async () => {
      for await (const chunk of ask(same)) if (chunk.type === 'text') seen.push(chunk.text);
    })();
    await settle();
    expect(seen).toEqual(['one ']);
    const second = textOf(ask(same));
    await settle();
    gate.resolve(undefined);
    await first;
    expect(await second).toBe('one two');
    expect(seen.join('')).toBe('one two');
    expect(backend.calls).toHaveLength(1);
  });

  test('goes on when the one who asked first leaves', async () => {
    const gate = Promise.withResolvers<unknown>();
    const { ask, backend } = open(() => [
      scriptedHead,
      () => gate.promise,
      ...saying('x').slice(1),
    ]);
    const leave = new AbortController();
    const first = textOf(ask({ ...same, signal: leave.signal }));
    const left = expect(first).rejects.toMatchObject({ code: 'cancelled' });
    const second = textOf(ask(same));
    await settle();
    leave.abort(new MillpondError('cancelled', 'The caller left'));
    await left;
    expect(backend.calls[0]?.signal.aborted).toBe(false);
    gate.resolve(undefined);
    expect(await second).toBe('x');
  });

  test('is stopped at once when its last reader leaves, and asked anew afterwards', async () => {
    let steps: ScriptStep[] = [scriptedHead, () => new Promise(() => {})];
    const { ask, backend } = open(() => steps);
    const leave = new AbortController();
    const first = textOf(ask({ ...same, signal: leave.signal }));
    const left = expect(first).rejects.toMatchObject({ code: 'cancelled' });
    await settle();
    leave.abort(new MillpondError('cancelled', 'The caller left'));
    await left;
    expect(backend.calls[0]?.signal.aborted).toBe(true);
    steps = saying('again');
    expect(await textOf(ask(same))).toBe('again');
  });

  test('a failure is everybody’s who waits, and nobody’s afterwards', async () => {
    let steps: ScriptStep[] = [new MillpondError('unavailable', 'gone')];
    const { ask, backend } = open(() => steps);
    const answers = [textOf(ask(same)), textOf(ask(same))];
    const settled = await Promise.allSettled(answers);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(backend.calls).toHaveLength(1);
    steps = saying('better');
    expect(await textOf(ask(same))).toBe('better');
  });

  test('is refused when it is another request', async () => {
    const { ask } = open();
    await textOf(ask(same));
    for (const other of [{ request: chatRequest('Else') }, { streamed: false }]) {
      expect(() => ask({ ...same, ...other })).toThrow(
        expect.objectContaining({ reason: 'idempotency_key_reused', param: 'Idempotency-Key' }),
      );
    }
  });

  test('is nobody else’s: each caller has keys of their own', async () => {
    const { ask, backend } = open();
    await textOf(ask(same));
    await textOf(ask({ ...same, caller: keyCaller('k2') }));
    await textOf(ask({ ...same, caller: keyCaller('k1', { personId: 'q' }) }));
    await textOf(ask({ ...same, path: '/v1/messages' }));
    expect(backend.calls).toHaveLength(4);
  });

  test('a key of silly length is refused, and none at all changes nothing', async () => {
    const { ask, backend } = open();
    for (const idempotencyKey of ['', 'x'.repeat(256)]) {
      expect(() => ask({ idempotencyKey })).toThrow(
        expect.objectContaining({ code: 'invalid-request' }),
      );
    }
    await textOf(ask());
    await textOf(ask());
    expect(backend.calls).toHaveLength(2);
  });
});
