import { describe, expect, test } from 'vitest';
import type { InferenceBackend, InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import { createFakeClock, type FakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { randomSource } from '../../testing/random-source.ts';
import { advertisedModel } from '../../testing/scripted-node-link.ts';
import type { ProofStore, StoredProof } from '../nodes/ports.ts';
import { canaryTokens } from './canary-request.ts';
import { createCanaries } from './create-canaries.ts';
import type { CanaryTarget } from './ports.ts';
import { ProofBook } from './proof-book.ts';

const model = advertisedModel({ id: 'qwen', digest: 'dd' });
const hour = 60 * 60_000;

function promptOf({ input }: InferenceRequest): string {
  if (input.task !== 'chat') throw new Error('not a chat');
  const [message] = input.messages;
  const part = message?.role === 'user' ? message.content[0] : undefined;
  return part?.type === 'text' ? part.text : '';
}

function hash(text: string): number {
  let value = 7;
  for (const letter of text) value = (Math.imul(value, 31) + letter.charCodeAt(0)) >>> 0;
  return value;
}

interface Voice {
  /** Which weights it really has. */
  readonly weights?: string;
  /** Whether this time it answers with others. */
  readonly lies?: () => boolean;
  /** Its kernels decide near ties their own way. */
  readonly tie?: number;
  readonly hasLogprobs?: boolean;
}

/**
 * A language model as far as canaries see one: the next word follows from weights and prompt. Every
 * fifth word is a near tie, which each machine may decide in its own way.
 */
function voice(script: Voice, heard: InferenceRequest[] = []): InferenceBackend {
  return {
    async *infer(request) {
      heard.push(request);
      await Promise.resolve();
      const weights = script.lies?.() === true ? 'liar' : (script.weights ?? 'true');
      const withLogprobs = 'logprobs' in request.input && script.hasLogprobs !== false;
      let context = `${weights} ${promptOf(request)}`;
      for (let position = 0; position < canaryTokens; position += 1) {
        const isTie = position % 5 === 4;
        const word = ` ${hash(context + (isTie ? String(script.tie ?? 0) : '')).toString(36)}`;
        context += word;
        yield chunkOf(word, isTie ? 0.1 : 4, withLogprobs);
      }
    },
  };
}

function chunkOf(text: string, margin: number, withLogprobs: boolean): InferenceChunk {
  const token = hash(text);
  const chosen = { text, token, logprob: -0.2 };
  const rival = { text: ' other', token: token + 1, logprob: -0.2 - margin };
  return {
    ...{ type: 'text', text },
    ...(withLogprobs && { logprobs: [{ ...chosen, top: [chosen, rival] }] }),
  };
}

function target(machineId: string, backend: InferenceBackend, change: Partial<CanaryTarget> = {}) {
  return {
    ...{ machineId, machine: machineId, person: 'Anna', poolId: 'home', trust: 'trusted' },
    ...{ model, isIdle: true, backend },
    ...change,
  } as const satisfies CanaryTarget;
}

interface Scene {
  readonly clock: FakeClock;
  readonly proofs: ProofBook;
  readonly caught: { readonly machineId: string; readonly reason: string; readonly at: number }[];
  readonly stop: () => void;
  readonly state: (machineId: string) => string;
}

function play(
  targets: readonly CanaryTarget[] | (() => readonly CanaryTarget[]),
  { seed = 1, store = memoryProofs(), stored = [] as readonly StoredProof[] } = {},
): Scene {
  const clock = createFakeClock();
  const list = typeof targets === 'function' ? targets : () => targets;
  const random = randomSource(seed);
  const proofs = new ProofBook({
    ...{ clock, store, stored, logger: silentLogger },
    isOwn: (id) => list().some(({ machineId, trust }) => machineId === id && trust === 'own'),
  });
  const caught: Scene['caught'] = [];
  const startedAt = clock.now();
  const fleet = {
    targets: () =>
      list().filter(({ machineId, model: held }) => !proofs.isQuarantined(machineId, held)),
  };
  const stop = createCanaries({
    ...{ clock, proofs, fleet, logger: silentLogger },
    random: () => (random() + 1) / 2,
    onQuarantined: ({ machineId }, reason) =>
      caught.push({ machineId, reason, at: clock.now() - startedAt }),
  });
  return { clock, proofs, caught, stop, state: (id) => proofs.of(id, model).state };
}

function memoryProofs(): ProofStore & { readonly saved: StoredProof[] } {
  const saved: StoredProof[] = [];
  return {
    saved,
    list: () => Promise.resolve(saved),
    save: (proof) => Promise.resolve(void saved.push(proof)),
    remove: (id) =>
      Promise.resolve(
        void saved.splice(
          0,
          saved.length,
          ...saved.filter(({ membershipId }) => membershipId !== id),
        ),
      ),
  };
}

const own = (script: Voice = {}) => target('0-own', voice(script), { trust: 'own' });

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

describe('a verdict', () => {
  test.each([
    [['mismatch'], 'unverified'],
    [['mismatch', 'mismatch'], 'quarantined'],
    [['mismatch', 'match', 'mismatch'], 'quarantined'],
    [['mismatch', 'match', 'match', 'mismatch'], 'verified'],
    [['match'], 'unverified'],
    [['match', 'match'], 'verified'],
    [['match', 'match', 'match', 'mismatch', 'mismatch'], 'quarantined'],
    [['mismatch', 'mismatch', 'match', 'match', 'match'], 'quarantined'],
  ] as const)('after %j is %s', (findings, state) => {
    const { proofs } = play([]);
    const news = findings.map((finding) => proofs.note('m1', 'dd', finding, 'differs'));
    expect(proofs.of('m1', model).state).toBe(state);
    expect(news.filter(Boolean)).toHaveLength(state === 'quarantined' ? 1 : 0);
  });
});
