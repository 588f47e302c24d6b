import { newId } from '../../core/identity.ts';
import type { CanonicalInput, InferenceRequest } from '../../core/inference.ts';
import type { CanaryTarget } from './ports.ts';

/** Tokens of one canary's answer. */
export const canaryTokens = 24;

/** A question that is put to a reference and to a suspect. */
export interface Canary {
  readonly prompt: string;
  /** Of the two conversations: nobody's, and no other canary's. */
  readonly caller: string;
}

type Choices<T> = readonly [T, ...T[]];
type Picker = <T>(from: Choices<T>) => T;

const subjects: Choices<string> = ['a river', 'an old clock', 'bread', 'the moon', 'a bicycle'];
const places: Choices<string> = ['Lisbon', 'Nagoya', 'Quito', 'Accra', 'Hobart', 'Bergen'];
const words: Choices<string> = [
  'copper',
  'velvet',
  'winter',
  'signal',
  'garden',
  'marble',
  'paper',
];
const numbers: Choices<string> = ['3', '7', '12', '19', '28', '41'];
const steps: Choices<string> = ['2', '3', '4', '6', '9'];

/** Short, cheap, and different each time, so that answers cannot be learnt by heart. */
const shapes: Choices<(pick: Picker) => string> = [
  (pick) => `Explain in one sentence what ${pick(subjects)} and ${pick(subjects)} have in common.`,
  (pick) => `Begin a story in ${pick(places)} with the word "${pick(words)}".`,
  (pick) => `Count from ${pick(numbers)} in steps of ${pick(steps)}.`,
  (pick) => `Put in alphabetical order: ${pick(words)}, ${pick(words)}, ${pick(words)}.`,
  (pick) => `Translate into French: "We saw ${pick(subjects)} near ${pick(places)}."`,
];

/** `random` answers from 0 up to 1. */
export function makeCanary(random: () => number): Canary {
  const pick: Picker = (from) => from[Math.floor(random() * from.length)] ?? from[0];
  return { prompt: pick(shapes)(pick), caller: `person:${newId()}` };
}

/**
 * The canary as an ordinary request: nothing in it tells a machine that it is looked at. Only the
 * reference is asked for log probabilities.
 */
export function canaryRequest(
  { prompt, caller }: Canary,
  { model, poolId }: Pick<CanaryTarget, 'model' | 'poolId'>,
  withLogprobs: boolean,
): InferenceRequest {
  return {
    envelope: {
      requestId: newId(),
      model: model.id,
      ...(model.digest !== undefined && { digest: model.digest }),
      tenant: poolId,
      caller,
      priority: ordinary,
      privacy: 'trusted',
      marks: [],
    },
    input: inputOf(prompt, model.capabilities.chat, withLogprobs),
  };
}

const ordinary = 5;
/** The chosen token and its closest rival. */
const topLogprobs = 2;

function inputOf(prompt: string, isChat: boolean, withLogprobs: boolean): CanonicalInput {
  const generation = {
    sampling: { temperature: 0 },
    maxTokens: canaryTokens,
    stop: [],
    choices: 1,
    format: { type: 'text' },
    ...(withLogprobs && { logprobs: { top: topLogprobs } }),
  } as const;
  if (!isChat) return { task: 'completion', prompt, echo: false, ...generation };
  return {
    task: 'chat',
    messages: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
    tools: [],
    toolChoice: 'auto',
    parallelToolCalls: true,
    reasoning: 'auto',
    ...generation,
  };
}
