import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest, Privacy } from '../../core/inference.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { directoryOf, offeredModel, silentLogger } from '../../testing/gateway-fixture.ts';
import {
  createScriptedBackend,
  saying,
  scriptedHead,
  textChunks,
} from '../../testing/scripted-backend.ts';
import type { ScriptStep } from '../../testing/scripted-backend.ts';
import type { Upstream } from '../ports.ts';
import { createRouter } from './router.ts';
import { leastBusyFirst, unmeasured } from './scripted-machines.fixture.ts';

function requestFor(privacy: Privacy = 'trusted'): InferenceRequest {
  return {
    envelope: {
      requestId: '0190a000-0000-7000-8000-000000000001',
      model: 'guide',
      tenant: 't',
      caller: 'c',
      priority: 5,
      privacy,
      marks: [],
    },
    input: { task: 'embedding', inputs: ['x'] },
  };
}

function upstream(id: string, steps: () => Iterable<ScriptStep>, kind: Upstream['kind'] = 'local') {
  const backend = createScriptedBackend(steps);
  return { id, kind, backend };
}

function routerOver(...upstreams: readonly Upstream[]) {
  const failures: string[] = [];
  const clock = createFakeClock();
  const router = createRouter({
    directory: directoryOf([offeredModel('guide')], upstreams),
    clock,
    logger: silentLogger,
    strategyOf: () => leastBusyFirst,
    sent: () => unmeasured,
    onUpstreamFailed: (id, code) => failures.push(`${id}: ${code}`),
  });
  const ask = async (signal = new AbortController().signal, privacy?: Privacy) => {
    const texts: string[] = [];
    for await (const chunk of router.infer(requestFor(privacy), { signal }))
      texts.push(said(chunk));
    return texts.join('');
  };
  return { router, clock, failures, ask };
}

function said(chunk: InferenceChunk): string {
  return chunk.type === 'text' ? chunk.text : '';
}

const crash = new MillpondError('engine-crashed', 'gone');

describe('the router', () => {
  test('moves to the next upstream while nothing has been sent', async () => {
    const broken = upstream('a', () => [scriptedHead, crash]);
    const { ask, failures } = routerOver(
      broken,
      upstream('b', () => saying('hello')),
    );
    expect(await ask()).toBe('hello');
    expect(failures).toEqual(['a: engine-crashed']);
  });

  test('delivers one head, of the upstream that answered', async () => {
    const broken = upstream('a', () => [scriptedHead, crash]);
    const { router } = routerOver(
      broken,
      upstream('b', () => saying('x')),
    );
    const { signal } = new AbortController();
    const chunks = await Array.fromAsync(router.infer(requestFor(), { signal }));
    expect(chunks.map((chunk) => chunk.type)).toEqual(['head', 'text', 'finish']);
  });

  test('passes a failure on once content was sent', async () => {
    const second = upstream('b', () => saying('other'));
    const { ask } = routerOver(
      upstream('a', () => [scriptedHead, ...textChunks('x'), crash]),
      second,
    );
    await expect(ask()).rejects.toBe(crash);
    expect(second.backend.calls).toHaveLength(0);
  });

  test('does not repeat what was the fault of the caller', async () => {
    const wrong = new MillpondError('invalid-request', 'no');
    const second = upstream('b', () => saying('other'));
    const { ask } = routerOver(
      upstream('a', () => [wrong]),
      second,
    );
    await expect(ask()).rejects.toBe(wrong);
    expect(second.backend.calls).toHaveLength(0);
  });

  test('an answer without content counts as a failure', async () => {
    const empty = upstream('a', () => [scriptedHead]);
    const { ask, failures } = routerOver(
      empty,
      upstream('b', () => saying('hello')),
    );
    expect(await ask()).toBe('hello');
    expect(failures).toEqual(['a: unavailable']);
  });

  test('after three failures in a row an upstream is left alone, then probed once', async () => {
    let steps: ScriptStep[] = [crash];
    const flaky = upstream('a', () => steps);
    const { ask, clock } = routerOver(flaky);
    for (let turn = 0; turn < 3; turn += 1) await expect(ask()).rejects.toBe(crash);
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 2000 });
    expect(flaky.backend.calls).toHaveLength(3);

    await clock.advance(2000);
    const gate = Promise.withResolvers<unknown>();
    steps = [() => gate.promise, ...saying('back')];
    const probe = ask();
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
    gate.resolve(undefined);
    expect(await probe).toBe('back');
    steps = saying('fine');
    expect(await ask()).toBe('fine');
    expect(flaky.backend.calls).toHaveLength(5);
  });

  test('a failed probe doubles the pause', async () => {
    const { ask, clock } = routerOver(upstream('a', () => [crash]));
    for (let turn = 0; turn < 3; turn += 1) await expect(ask()).rejects.toBe(crash);
    await clock.advance(2000);
    await expect(ask()).rejects.toBe(crash);
    await expect(ask()).rejects.toMatchObject({ retryAfterMs: 4000 });
  });

  test('a full queue and a caller who leaves say nothing against an upstream', async () => {
    const full = new MillpondError('overloaded', 'full');
    let steps: ScriptStep[] = [full];
    const { ask } = routerOver(upstream('a', () => steps));
    for (let turn = 0; turn < 5; turn += 1) await expect(ask()).rejects.toBe(full);
    steps = [scriptedHead, ...textChunks('x'), () => new Promise(() => {})];
    for (let turn = 0; turn < 5; turn += 1) {
      const leave = new AbortController();
      const left = ask(leave.signal);
      leave.abort(new MillpondError('cancelled', 'left'));
      await expect(left).rejects.toMatchObject({ code: 'cancelled' });
    }
    steps = saying('still here');
    expect(await ask()).toBe('still here');
  });

  test('an abort ends the answer even when the upstream has stalled', async () => {
    const stalled = upstream('a', () => [scriptedHead, () => new Promise(() => {})]);
    const { ask } = routerOver(stalled);
    const leave = new AbortController();
    const made = stalled.backend.nextCall();
    const left = ask(leave.signal);
    await made;
    leave.abort(new MillpondError('cancelled', 'left'));
    await expect(left).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('a caller who proved nothing never leaves this machine', async () => {
    const provider = upstream('cloud', () => saying('far'), 'provider');
    const { ask } = routerOver(provider);
    await expect(ask(undefined, 'this-machine')).rejects.toMatchObject({ code: 'forbidden' });
    expect(await ask(undefined, 'trusted')).toBe('far');
    expect(provider.backend.calls).toHaveLength(1);
  });

  test('an attached server is reached without proof only where it keeps prompts here', async () => {
    const backend = upstream('Ollama', () => saying('near')).backend;
    const near = { id: 'Ollama', kind: 'attached', staysHere: true, backend } as const;
    expect(await routerOver(near).ask(undefined, 'this-machine')).toBe('near');
    for (const far of [
      { ...near, staysHere: false },
      { id: 'vLLM', kind: 'attached', backend } as const,
    ]) {
      const { ask } = routerOver(far);
      await expect(ask(undefined, 'this-machine')).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  test('an upstream that came back is asked at once, whatever it did before', async () => {
    let steps: ScriptStep[] = [crash];
    const { backend } = upstream('Ollama', () => steps);
    let epoch = 'before';
    const directory = {
      ...directoryOf([offeredModel('guide')], []),
      candidates: () => [{ id: 'Ollama', kind: 'attached', epoch, backend } as const],
    };
    const router = createRouter({
      ...{ directory, clock: createFakeClock(), logger: silentLogger },
      ...{ strategyOf: () => leastBusyFirst, sent: () => unmeasured },
      onUpstreamFailed: () => {},
    });
    const { signal } = new AbortController();
    const ask = () => Array.fromAsync(router.infer(requestFor(), { signal }));
    for (let turn = 0; turn < 3; turn += 1) await expect(ask()).rejects.toBe(crash);
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
    steps = saying('back');
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
    epoch = 'after';
    expect(await ask()).toHaveLength(3);
  });

  test('refused credentials of ours are not the fault of the caller', async () => {
    const refused = new MillpondError('unauthenticated', 'bad provider key');
    const { ask } = routerOver(upstream('cloud', () => [refused], 'provider'));
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(ask()).rejects.toMatchObject({ retryAfterMs: 30 * 60_000 });
  });
});
