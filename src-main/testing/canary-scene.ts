import type { InferenceBackend, InferenceChunk, InferenceRequest } from '../core/inference.ts';
import { canaryTokens } from '../gateway/canaries/canary-request.ts';
import { createCanaries } from '../gateway/canaries/create-canaries.ts';
import type { CanaryTarget } from '../gateway/canaries/ports.ts';
import { ProofBook } from '../gateway/canaries/proof-book.ts';
import type { ProofStore, StoredProof } from '../gateway/nodes/ports.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { silentLogger } from './gateway-fixture.ts';
import { randomSource } from './random-source.ts';
import { advertisedModel } from './scripted-node-link.ts';

export const model = advertisedModel({ id: 'qwen', digest: 'dd' });
export function promptOf({ input }: InferenceRequest): string {
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
export function voice(script: Voice, heard: InferenceRequest[] = []): InferenceBackend {
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

export function target(
  machineId: string,
  backend: InferenceBackend,
  change: Partial<CanaryTarget> = {},
) {
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

export function play(
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

export function memoryProofs(): ProofStore & { readonly saved: StoredProof[] } {
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

export const own = (script: Voice = {}) => target('0-own', voice(script), { trust: 'own' });
