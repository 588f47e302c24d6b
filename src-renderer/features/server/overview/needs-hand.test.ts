import { expect, test } from 'vitest';
import type { Account, ApiKey, Provider } from '../../../api.ts';
import { warningsOf } from './needs-hand.ts';
import type { Known } from './needs-hand.ts';

const nothing: Known = {
  ...{ config: undefined, providers: undefined, prices: undefined },
  ...{ keys: undefined, people: undefined, alerts: undefined },
};

const key = (used: number, limit: 'tokensPerDay' | 'requestsPerMinute'): ApiKey => ({
  ...{ id: 'k', name: 'ci', prefix: 'mp-', createdAt: 0 },
  uses: [{ limit, allowed: 100, used }],
});

test('what is not known yet is no warning', () => {
  expect(warningsOf(nothing)).toEqual([]);
});

test('a key is named from 80 % of a day on, and never for a busy minute', () => {
  expect(warningsOf({ ...nothing, keys: [key(79, 'tokensPerDay')] })).toEqual([]);
  expect(warningsOf({ ...nothing, keys: [key(80, 'tokensPerDay')] })).toHaveLength(1);
  expect(warningsOf({ ...nothing, keys: [key(100, 'requestsPerMinute')] })).toEqual([]);
});

test('a person stands beside the keys, with the same rule', () => {
  const person: Account = {
    ...{
      id: 'p',
      name: 'Ines',
      createdAt: 0,
      role: 'member',
      pools: [],
      hasPassword: true,
      keys: 1,
    },
    uses: [{ limit: 'tokensPerDay', allowed: 100, used: 85 }],
  };
  const warnings = warningsOf({
    ...nothing,
    keys: [key(90, 'tokensPerDay')],
    people: [person, { ...person, id: 'q', uses: [] }],
  });
  expect(warnings).toEqual([
    { kind: 'key', apiKey: key(90, 'tokensPerDay') },
    { kind: 'person', person },
  ]);
});

test('a rejected file, an open breaker and a missing price stand in this order', () => {
  const provider: Provider = {
    ...{ id: 'p', name: 'groq', preset: 'groq', dialect: 'openai', baseUrl: 'https://x.test' },
    ...{ access: 'owner', isEnabled: true, source: 'database', keys: [], models: [] },
    ...{ state: { phase: 'failing', since: 1, reason: '502' }, createdAt: 1 },
  };
  const alert = { id: 'a', at: 1, message: 'm' };
  const warnings = warningsOf({
    ...nothing,
    prices: { prices: [], missing: [{ model: 'kimi', provider: 'groq' }] },
    providers: [provider],
    config: {
      path: '/x.yaml',
      locked: [],
      state: { phase: 'rejected', at: 1, problems: [{ line: 1, column: 1, message: 'no' }] },
    },
    alerts: [
      { ...alert, kind: 'breaker' },
      { ...alert, kind: 'budget' },
      { ...alert, kind: 'node-offline' },
      { ...alert, kind: 'store', endedAt: 2 },
    ],
  });
  expect(warnings.map(({ kind }) => kind)).toEqual(['config', 'provider', 'alert', 'prices']);
});
