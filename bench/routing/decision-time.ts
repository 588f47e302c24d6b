import { promptMarks } from '../../src-main/core/fingerprint.ts';
import type { InferenceRequest } from '../../src-main/core/inference.ts';
import type { SlotContents } from '../../src-main/core/node.ts';
import { createExpectedTime } from '../../src-main/gateway/routing/expected-time/expected-time.ts';
import type { Upstream } from '../../src-main/gateway/ports.ts';
import { systemClock } from '../../src-main/platform/system-clock.ts';
import { drawFleet } from './fleet.ts';
import type { NodeSpec } from './fleet.ts';
import { Random } from './random.ts';

const nodes = 500;
const decisions = 2000;
const warmUp = 500;
const digest = 'd'.repeat(64);
const systemChars = 6000;
const turnChars = 2200;
const turns = 6;
/** Every so many decisions a machine reports a slot anew, as after an answer. */
const decisionsPerReport = 2;

/**
 * Milliseconds that each of 2,000 decisions between 500 machines takes, every slot of which holds a
 * conversation of 19,000 characters behind one of 20 system prompts. Hashing a prompt is apart.
 */
export function measureDecisions(seed: number): {
  readonly decisionMs: readonly number[];
  readonly hashMs: readonly number[];
} {
  const random = new Random(seed);
  const fleet = drawFleet(random.fork(), { nodes });
  const systems = Array.from({ length: 20 }, (_, index) => textOf(index, systemChars));
  const held = fleet.map(({ slots }) =>
    Array.from({ length: slots }, (_, slot): SlotContents => {
      const marks = conversation(random.pick(systems), random.whole(0, 1e9)).envelope.marks;
      return { modelId: 'model', slot, marks, heldTokens: 5000 };
    }),
  );
  const routing = createExpectedTime({ clock: systemClock });
  const upstreamOf = (spec: NodeSpec, index: number): Upstream => ({
    ...{ id: spec.id, kind: 'node', backend: nobody },
    offer: {
      ...{ digest, state: { phase: 'ready' }, slots: spec.slots, penalties: [] },
      ...{ busySlots: index % 3 === 0 ? spec.slots : 0, waiting: 0, rates: spec },
      ...{ roundTripMs: spec.roundTripMs, slotContents: held[index] ?? [] },
    },
  });
  // As the gateway's directory has them: what a machine offers is made anew when it reports.
  const candidates = fleet.map(upstreamOf);
  const [decisionMs, hashMs]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < warmUp + decisions; turn += 1) {
    const hashedAt = performance.now();
    const request = conversation(random.pick(systems), random.whole(0, 1e9));
    if (turn % decisionsPerReport === 0) {
      const index = random.whole(0, nodes - 1);
      const marks = request.envelope.marks;
      const told = { modelId: 'model', slot: 0, marks, heldTokens: 5000 };
      held[index] = [told, ...(held[index] ?? []).slice(1)];
      const spec = fleet[index];
      if (spec) candidates[index] = upstreamOf(spec, index);
    }
    const startedAt = performance.now();
    routing.rank(request, candidates, () => nothingSent);
    if (turn < warmUp) continue;
    decisionMs.push(performance.now() - startedAt);
    hashMs.push(startedAt - hashedAt);
  }
  return { decisionMs, hashMs };
}

const nothingSent = { answers: 0, waiting: 0 };

const nobody = {
  infer: () => {
    throw new Error('nobody answers in a benchmark of decisions');
  },
};

function conversation(system: string, seed: number): InferenceRequest {
  const input = {
    ...{ task: 'chat' as const, tools: [], toolChoice: 'auto' as const, parallelToolCalls: true },
    ...{ format: { type: 'text' as const }, reasoning: 'auto' as const },
    ...{ sampling: {}, stop: [], choices: 1 },
    messages: [
      { role: 'system' as const, text: system },
      ...Array.from({ length: turns }, (_, turn) => ({
        role: 'assistant' as const,
        text: textOf(seed + turn, turnChars),
      })),
    ],
  };
  const marks = promptMarks(input, { digest, tenant: 'pool' });
  return {
    envelope: {
      ...{ requestId: '', model: 'model', digest, tenant: 'pool', marks },
      ...{ caller: String(seed), priority: 5, privacy: 'any' },
    },
    input,
  };
}

function textOf(seed: number, chars: number): string {
  return `${String(seed)} `.repeat(Math.ceil(chars / 4)).slice(0, chars);
}
