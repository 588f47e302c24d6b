import type { ReasoningEffort } from '../../../core/inference.ts';

/** Families of servers by how they are told how hard to think. */
export type ThinkingStyle =
  /** As the caller said it. */
  | 'effort'
  | 'openai'
  | 'gemini'
  | 'xai'
  | 'groq'
  | 'together'
  | 'openrouter'
  | 'mistral'
  | 'ollama'
  | 'deepseek'
  /** Moonshot and GLM: on or off. */
  | 'type'
  /** Qwen: on or off, in words of its own. */
  | 'enable';

type EffortRow = Readonly<Record<ReasoningEffort, object>>;

const efforts: readonly ReasoningEffort[] = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
];

const on = { thinking: { type: 'enabled' } };
const off = { thinking: { type: 'disabled' } };

/** What each effort is called by each family; the nearest one that it has. */
export const thinkingTable: Readonly<Record<ThinkingStyle, EffortRow>> = {
  effort: rowOf({}),
  openai: rowOf({ max: 'xhigh' }),
  gemini: rowOf({ xhigh: 'high', max: 'high' }),
  xai: rowOf({ minimal: 'low', xhigh: 'high', max: 'high' }),
  groq: rowOf({ minimal: 'low', xhigh: 'high', max: 'high' }),
  ollama: rowOf({ minimal: 'low', xhigh: 'high', max: 'high' }),
  together: {
    ...rowOf({ minimal: 'low', xhigh: 'high', max: 'high' }),
    none: { reasoning: { enabled: false } },
  },
  openrouter: each((effort) => ({ reasoning: { effort: effort === 'max' ? 'xhigh' : effort } })),
  // It has one effort besides none.
  mistral: rowOf({ minimal: 'high', low: 'high', medium: 'high', xhigh: 'high', max: 'high' }),
  deepseek: {
    none: off,
    minimal: { ...on, reasoning_effort: 'low' },
    low: { ...on, reasoning_effort: 'low' },
    medium: { ...on, reasoning_effort: 'high' },
    high: { ...on, reasoning_effort: 'high' },
    xhigh: { ...on, reasoning_effort: 'high' },
    max: { ...on, reasoning_effort: 'max' },
  },
  type: switchOf(on, off),
  enable: switchOf({ enable_thinking: true }, { enable_thinking: false }),
};

/** The fields of a body that ask this family for this effort. */
export function thinkingFields(style: ThinkingStyle, effort: ReasoningEffort): object {
  return thinkingTable[style][effort];
}

function rowOf(renamed: Partial<Record<ReasoningEffort, ReasoningEffort>>): EffortRow {
  return each((effort) => ({ reasoning_effort: renamed[effort] ?? effort }));
}

function switchOf(isOn: object, isOff: object): EffortRow {
  return each((effort) => (effort === 'none' ? isOff : isOn));
}

function each(fields: (effort: ReasoningEffort) => object): EffortRow {
  return Object.fromEntries(efforts.map((effort) => [effort, fields(effort)])) as Record<
    ReasoningEffort,
    object
  >;
}
