import { describe, expect, test } from 'vitest';
import type { InferenceBackend, InferenceRequest } from '../../core/inference.ts';
import {
  memoryProofs,
  model,
  own,
  play,
  promptOf,
  target,
  voice,
} from '../../testing/canary-scene.ts';
import { randomSource } from '../../testing/random-source.ts';
import type { StoredProof } from '../nodes/ports.ts';

const hour = 60 * 60_000;

describe('a machine with the weights that it claims', () => {
  test('is verified soon after it came', async () => {
    const scene = play([own(), target('m1', voice({}))]);
    expect(scene.state('0-own')).toBe('own');
    await scene.clock.advance(60_000);
    expect(scene.state('m1')).toBe('verified');
    expect(scene.caught).toEqual([]);
  });

  test.each([1, 2, 3, 4, 5])(
    'is not blamed for deciding near ties in its own way, day after day: seed %i',
    async (seed) => {
      const scene = play([own({ tie: 1 }), target('m1', voice({ tie: 2 }))], { seed });
      await scene.clock.advance(48 * hour);
      expect(scene.caught).toEqual([]);
      expect(scene.state('m1')).toBe('verified');
    },
  );
});

describe('a machine with other weights', () => {
  test('is quarantined within a minute, once, with the reason', async () => {
    const store = memoryProofs();
    const scene = play([own(), target('m1', voice({ weights: 'smaller' }))], { store });
    await scene.clock.advance(60_000);
    expect(scene.caught).toHaveLength(1);
    expect(scene.caught[0]?.reason).toContain('0-own');
    expect(scene.proofs.of('m1', model)).toMatchObject({
      ...{ state: 'quarantined', problem: scene.caught[0]?.reason },
    });
    expect(scene.proofs.isQuarantined('m1', model)).toBe(true);
    expect(store.saved).toMatchObject([{ membershipId: 'm1', verdict: 'quarantined' }]);
    await scene.clock.advance(hour);
    expect(scene.caught).toHaveLength(1);
  });

  test.each([1, 2, 3, 4, 5, 6])(
    'is caught though it lies only every other time: seed %i',
    async (seed) => {
      const random = randomSource(seed * 99);
      const liar = voice({ lies: () => random() > 0 });
      const scene = play([own(), target('m1', liar)], { seed });
      await scene.clock.advance(24 * hour);
      expect(scene.state('m1')).toBe('quarantined');
    },
  );

  test('is caught after a time of honesty', async () => {
    let isLying = false;
    const scene = play([own(), target('m1', voice({ lies: () => isLying }))]);
    await scene.clock.advance(hour);
    expect(scene.state('m1')).toBe('verified');
    isLying = true;
    await scene.clock.advance(5 * hour);
    expect(scene.state('m1')).toBe('quarantined');
  });

  test('is caught by a reference that tells no log probabilities', async () => {
    const reference = own({ hasLogprobs: false });
    const scene = play([
      reference,
      target('m1', voice({ weights: 'smaller' })),
      target('m2', voice({})),
    ]);
    await scene.clock.advance(5 * 60_000);
    expect(scene.caught.map(({ machineId }) => machineId)).toEqual(['m1']);
    expect(scene.state('m2')).toBe('verified');
  });

  test('stays quarantined over a restart and is probed again when that is lifted', async () => {
    let weights = 'smaller';
    const honestSince = voice({ lies: () => weights === 'smaller' });
    const store = memoryProofs();
    const stored: StoredProof[] = [
      { membershipId: 'm1', digest: 'dd', verdict: 'quarantined', reason: 'it lied', at: 0 },
    ];
    const scene = play([own(), target('m1', honestSince)], { store, stored });
    await scene.clock.advance(hour);
    expect(scene.proofs.of('m1', model)).toEqual({ state: 'quarantined', problem: 'it lied' });
    weights = 'true';
    scene.proofs.forget('m1');
    await scene.clock.advance(60_000);
    expect(scene.state('m1')).toBe('verified');
  });
});

describe('references', () => {
  test('without one a machine is unverified, and says nothing about guests', async () => {
    const heard: InferenceRequest[] = [];
    const scene = play([
      target('m1', voice({}, heard), { trust: 'guest' }),
      target('m2', voice({ weights: 'smaller' }, heard), { trust: 'guest' }),
    ]);
    await scene.clock.advance(hour);
    expect(scene.state('m1')).toBe('unverified');
    expect(scene.state('m2')).toBe('unverified');
    expect(heard).toEqual([]);
  });

  test('of two trusted machines the one that was there first speaks against the newcomer', async () => {
    const machines = [target('m1', voice({})), target('m2', voice({ weights: 'smaller' }))];
    for (const order of [machines, machines.toReversed()]) {
      const scene = play(order);
      await scene.clock.advance(5 * 60_000);
      expect(scene.state('m1')).toBe('unverified');
      expect(scene.caught.map(({ machineId }) => machineId)).toEqual(['m2']);
    }
  });

  test('a newcomer without a digest has nothing that could be proven', async () => {
    const { digest: _, ...nameless } = model;
    const scene = play([own(), target('m1', voice({}), { model: nameless })]);
    await scene.clock.advance(60_000);
    expect(scene.proofs.of('m1', nameless)).toEqual({ state: 'unverified' });
  });
});

describe('canaries', () => {
  test('wait until nobody needs the machine', async () => {
    const heard: InferenceRequest[] = [];
    let isIdle = false;
    const scene = play(() => [own(), target('m1', voice({}, heard), { isIdle })]);
    await scene.clock.advance(10 * 60_000);
    expect(heard).toEqual([]);
    expect(scene.state('m1')).toBe('checking');
    isIdle = true;
    await scene.clock.advance(60_000);
    expect(heard.length).toBeGreaterThan(0);
  });

  test('look like any other request, and never twice the same', async () => {
    const heard: InferenceRequest[] = [];
    const scene = play([own(), target('m1', voice({}, heard))]);
    await scene.clock.advance(20 * hour);
    const callers = new Set(heard.map(({ envelope }) => envelope.caller));
    expect(callers.size).toBe(heard.length);
    expect(heard.length).toBeGreaterThan(20);
    expect(heard.length).toBeLessThan(120);
    expect(new Set(heard.map(promptOf)).size).toBeGreaterThan(heard.length / 2);
    for (const { envelope, input } of heard) {
      expect(envelope).toMatchObject({ model: 'qwen', digest: 'dd', tenant: 'home', priority: 5 });
      expect(input).toMatchObject({ sampling: { temperature: 0 }, maxTokens: 24 });
      expect('logprobs' in input).toBe(false);
    }
  });

  test('go on after a machine failed, which says nothing about its weights', async () => {
    let fails = true;
    const honest = voice({});
    const moody: InferenceBackend = {
      infer: (request, options) => {
        if (fails) throw new Error('busy after all');
        return honest.infer(request, options);
      },
    };
    const scene = play([own(), target('m1', moody)]);
    await scene.clock.advance(60_000);
    expect(scene.state('m1')).toBe('checking');
    fails = false;
    await scene.clock.advance(2 * hour);
    expect(scene.state('m1')).toBe('verified');
  });

  test('give up on a machine that never answers', async () => {
    const hung: InferenceBackend = {
      async *infer(_request, { signal }) {
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('told to stop'));
          });
        });
      },
    };
    const scene = play([own(), target('m1', hung), target('m2', voice({}))]);
    await scene.clock.advance(10 * 60_000);
    expect(scene.state('m1')).toBe('checking');
    expect(scene.state('m2')).toBe('verified');
  });

  test('end with their gateway', async () => {
    const heard: InferenceRequest[] = [];
    const scene = play([own(), target('m1', voice({}, heard))]);
    scene.stop();
    await scene.clock.advance(hour);
    expect(heard).toEqual([]);
    expect(scene.clock.waiting).toBe(0);
  });
});
