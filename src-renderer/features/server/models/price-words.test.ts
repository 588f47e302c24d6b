import { expect, test } from 'vitest';
import type { ModelPrice, Provider } from '../../../api.ts';
import { foundPrices, servedPrices } from './price-words.ts';

const price = (
  model: string,
  provider: string,
  source: ModelPrice['source'] = 'bundled',
): ModelPrice => ({
  ...{ model, provider, source },
  tiers: [{ maxInputTokens: 0, inputMicros: 1, outputMicros: 1 }],
});

const model = (upstreamName: string, isServed: boolean): Provider['models'][number] => ({
  ...{ upstreamName, isServed },
  name: `${upstreamName} here`,
});

const provider: Provider = {
  ...{ id: 'p', name: 'Ours', preset: 'openai', dialect: 'openai', baseUrl: 'https://x.test' },
  ...{ access: 'owner', isEnabled: true, source: 'database', keys: [], createdAt: 1 },
  models: [model('gpt-5', true), model('gpt-4', false)],
  state: { phase: 'ok', since: 1 },
};

test('what somebody set comes first, then what is served, then the rest of the table', () => {
  const prices = [
    price('a-model', 'mistral'),
    price('gpt-4', 'openai'),
    price('gpt-5', 'azure'),
    price('gpt-5', 'openai'),
    price('zebra', 'glm', 'manual'),
  ];
  const order = (search: string) =>
    foundPrices(prices, search, servedPrices([provider])).map(
      ({ model: name, provider: by }) => `${name}@${by ?? ''}`,
    );
  expect(order('')).toEqual([
    ...['zebra@glm', 'gpt-5@openai', 'a-model@mistral'],
    ...['gpt-4@openai', 'gpt-5@azure'],
  ]);
  expect(order('gpt openai')).toEqual(['gpt-5@openai', 'gpt-4@openai']);
});
