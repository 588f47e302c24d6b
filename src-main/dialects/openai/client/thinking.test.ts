import { expect, test } from 'vitest';
import type { ChatInput, ReasoningEffort } from '../../../core/inference.ts';
import { chatRequest } from '../../../testing/inference-requests.ts';
import { chatBody } from './request-body.ts';
import { thinkingTable } from './thinking.ts';
import type { ThinkingStyle } from './thinking.ts';
import { vendorQuirks } from './vendors.ts';
import type { OpenAiVendor } from './vendors.ts';

const said: readonly ReasoningEffort[] = [
  ...(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const),
];

const effort = (word: string) => ({ reasoning_effort: word });
const openrouter = (word: string) => ({ reasoning: { effort: word } });
const thinking = (type: string, word?: string) => ({
  thinking: { type },
  ...(word !== undefined && { reasoning_effort: word }),
});
const enable = (isOn: boolean) => ({ enable_thinking: isOn });

/** In the order of `said`. */
const rows: Record<ThinkingStyle, readonly object[]> = {
  effort: said.map(effort),
  openai: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'xhigh'].map(effort),
  gemini: ['none', 'minimal', 'low', 'medium', 'high', 'high', 'high'].map(effort),
  xai: ['none', 'low', 'low', 'medium', 'high', 'high', 'high'].map(effort),
  groq: ['none', 'low', 'low', 'medium', 'high', 'high', 'high'].map(effort),
  ollama: ['none', 'low', 'low', 'medium', 'high', 'high', 'high'].map(effort),
  together: [
    { reasoning: { enabled: false } },
    ...['low', 'low', 'medium', 'high', 'high', 'high'].map(effort),
  ],
  openrouter: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'xhigh'].map(openrouter),
  mistral: ['none', 'high', 'high', 'high', 'high', 'high', 'high'].map(effort),
  deepseek: [
    thinking('disabled'),
    ...['low', 'low', 'high', 'high', 'high', 'max'].map((word) => thinking('enabled', word)),
  ],
  type: [thinking('disabled'), ...said.slice(1).map(() => thinking('enabled'))],
  enable: [enable(false), ...said.slice(1).map(() => enable(true))],
};

test.each(Object.entries(rows))('the row of %s says each effort', (style, row) => {
  const written = said.map((word) => thinkingTable[style as ThinkingStyle][word]);
  expect(written).toEqual(row);
});

function bodyFor(vendor: OpenAiVendor, input: Partial<ChatInput>): object {
  const request = chatRequest('hi', { input }).input as ChatInput;
  return chatBody(request, 'm', vendorQuirks[vendor]);
}

test.each([
  ['openai', { reasoning_effort: 'low' }],
  ['azure', { reasoning_effort: 'low' }],
  ['gemini', { reasoning_effort: 'low' }],
  ['xai', { reasoning_effort: 'low' }],
  ['deepseek', { thinking: { type: 'enabled' }, reasoning_effort: 'low' }],
  ['moonshot', { thinking: { type: 'enabled' } }],
  ['glm', { thinking: { type: 'enabled' } }],
  ['qwen', { enable_thinking: true, thinking_budget: 1024 }],
  ['mistral', { reasoning_effort: 'high' }],
  ['groq', { reasoning_effort: 'low' }],
  ['together', { reasoning_effort: 'low' }],
  ['openrouter', { reasoning: { effort: 'low' } }],
  ['ollama', { reasoning_effort: 'low' }],
  ['custom', { reasoning_effort: 'low' }],
] as const)('a low effort reaches %s in its own words', (vendor, fields) => {
  const input = { reasoning: 'on', reasoningEffort: 'low', reasoningBudget: 1024 } as const;
  expect(bodyFor(vendor, input)).toMatchObject(fields);
});

test('who says nothing about thinking sends nothing about it', () => {
  for (const vendor of Object.keys(vendorQuirks) as OpenAiVendor[]) {
    const fields = Object.keys(bodyFor(vendor, {}));
    const about = ['reasoning_effort', 'reasoning', 'thinking', 'enable_thinking'];
    expect(fields.filter((field) => about.includes(field))).toEqual([]);
  }
});

test('bounds, seeds and usage go under the names that each vendor knows', () => {
  const input = { maxTokens: 7, sampling: { seed: 3 } };
  expect(bodyFor('openai', input)).toMatchObject({
    max_completion_tokens: 7,
    seed: 3,
    stream_options: { include_usage: true },
  });
  expect(bodyFor('mistral', input)).toMatchObject({ max_tokens: 7, random_seed: 3 });
  expect(bodyFor('mistral', input)).not.toHaveProperty('stream_options');
  expect(bodyFor('mistral', input)).not.toHaveProperty('seed');
  expect(bodyFor('glm', {})).not.toHaveProperty('stream_options');
});
