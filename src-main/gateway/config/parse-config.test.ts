import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingsPatch } from '../../contract/settings.ts';
import { exportConfig } from './export-config.ts';
import { parseConfig } from './parse-config.ts';
import type { KnownPreset } from './ports.ts';
import { expandVariables } from './variables.ts';

const presets: readonly KnownPreset[] = [
  { id: 'openai', baseUrl: 'https://api.openai.com/v1' },
  { id: 'anthropic', baseUrl: 'https://api.anthropic.com/v1' },
  { id: 'deepseek', baseUrl: 'https://api.deepseek.com' },
  { id: 'azure' },
  { id: 'custom' },
];

const read = (text: string, env: Readonly<Record<string, string>> = {}) =>
  parseConfig(text, { env, presets });

/** Problems as `line:column message`. */
const wrong = (text: string, env: Readonly<Record<string, string>> = {}) =>
  read(text, env).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);

describe('variables', () => {
  const env = { KEY: 'sk-1', NESTED: '${KEY}', EMPTY: '' };
  test.each([
    ['${KEY}', 'sk-1'],
    ['a ${KEY} b ${KEY}', 'a sk-1 b sk-1'],
    ['${NONE:-other}', 'other'],
    ['${NONE:-}', ''],
    ['${EMPTY:-other}', 'other'],
    ['${KEY:-other}', 'sk-1'],
    ['$${KEY}', '${KEY}'],
    ['$KEY and 5$', '$KEY and 5$'],
    ['${NESTED}', '${KEY}'],
  ])('%s becomes %s', (text, expanded) => {
    expect(expandVariables(text, env)).toMatchObject({ text: expanded, troubles: [] });
  });

  test.each([
    ['${NONE}', 'The variable NONE is not set'],
    ['${EMPTY}', 'The variable EMPTY is not set'],
    ['x ${KEY', '“${” begins a variable'],
    ['${1KEY}', '“${” begins a variable'],
    ['${KEY-x}', '“${” begins a variable'],
  ])('%s is a named mistake', (text, message) => {
    expect(expandVariables(text, env).troubles[0]?.message).toContain(message);
  });
});

describe('a config file', () => {
  test('says providers, aliases, prices, limits and settings', () => {
    const { configuration, problems } = read(
      `
settings: { keyless: no, port: '\${PORT}', machineName: yes }
providers:
  OpenAI:
    keys: \${KEY}
  cheap: { preset: deepseek, keys: [a, b], access: everybody, enabled: off, names: { r1: thinker } }
  own: { baseUrl: http://10.0.0.5/v1 }
  lake: { baseUrl: https://api.anthropic.com/v1/, served: [x] }
aliases:
  best: { members: [qwen, { model: gpt, maxQueueSeconds: 2.5 }], cloud: yes }
prices:
  - { model: gpt, provider: OpenAI, tiers: [{ input: 1.25, cachedInput: 0.125, output: 10 }] }
modelLimits:
  gpt: { tokensPerDay: 5, spendPerMonth: 0.5 }
`,
      { PORT: '9000', KEY: '12345' },
    );
    expect(problems).toEqual([]);
    expect(configuration).toEqual({
      settings: { keyless: false, port: 9000, machineName: 'yes' },
      providers: [
        {
          ...{ name: 'OpenAI', preset: 'openai', access: 'owner', isEnabled: true },
          ...{ keys: ['12345'], names: {} },
        },
        {
          ...{ name: 'cheap', preset: 'deepseek', access: 'everybody', isEnabled: false },
          ...{ keys: ['a', 'b'], names: { r1: 'thinker' } },
        },
        {
          ...{ name: 'own', preset: 'custom', access: 'owner', isEnabled: true },
          ...{ baseUrl: 'http://10.0.0.5/v1', keys: [], names: {} },
        },
        {
          ...{ name: 'lake', preset: 'anthropic', access: 'owner', isEnabled: true },
          ...{ baseUrl: 'https://api.anthropic.com/v1/', keys: [], names: {}, served: ['x'] },
        },
      ],
      aliases: [
        {
          ...{ name: 'best', mayCrossToCloud: true },
          members: [{ model: 'qwen' }, { model: 'gpt', maxQueueMs: 2500 }],
        },
      ],
      prices: [
        {
          ...{ model: 'gpt', provider: 'OpenAI' },
          tiers: [
            {
              ...{ maxInputTokens: 0, inputMicros: 1_250_000 },
              ...{ cachedInputMicros: 125_000, outputMicros: 10_000_000 },
            },
          ],
        },
      ],
      modelLimits: [{ model: 'gpt', limits: { tokensPerDay: 5, spendMicrosPerMonth: 500_000 } }],
    });
  });

  test('that says nothing changes nothing', () => {
    for (const text of ['', '# only words\n', 'providers: {}\n']) {
      expect(read(text)).toMatchObject({ configuration: { providers: [] }, problems: [] });
    }
  });

  test('is shown by the example, whose every field is understood', () => {
    const path = join(import.meta.dirname, '../../../resources/millpond.example.yaml');
    const { configuration, problems } = read(readFileSync(path, 'utf8'));
    expect(problems).toEqual([]);
    expect(configuration?.providers.map(({ name, preset }) => `${name} ${preset}`)).toEqual([
      'openai openai',
      'claude anthropic',
      'basement custom',
    ]);
    expect(settingsPatch.safeParse(configuration?.settings).success).toBe(true);
    expect(configuration?.settings).toMatchObject({ keyless: false, port: 8484 });
    expect(configuration?.aliases).toHaveLength(1);
    expect(configuration?.prices[0]?.tiers[1]).toMatchObject({ inputMicros: 6_000_000 });
    expect(configuration?.modelLimits[0]?.limits.spendMicrosPerMonth).toBe(200_000_000);
  });
});

describe('a mistake is told with line, column and what to do:', () => {
  test.each([
    ['provders:\n  a: {}\n', '1:1 “provders” is not known here; did you mean “providers”?'],
    ['providers:\n  openai:\n    key: x\n', '3:5 “key” is not known here; did you mean “keys”?'],
    ['settings:\n  keyles: no\n', '2:3 “keyles” is not known here; did you mean “keyless”?'],
    [
      'aliases:\n  a:\n    members:\n      - { model: x, maxQueueSecond: 2 }\n',
      '4:21 “maxQueueSecond” is not known here; did you mean “maxQueueSeconds”?',
    ],
    ['providers:\n  openai: { access: all }\n', '2:21 “access” must be one of owner, everybody'],
    ['settings: { port: high }\n', '1:19 “port” must be a number'],
    ['settings: { keyless: 3 }\n', '1:22 “keyless” must be yes or no'],
    ['providers:\n  openai: { keys: 12345 }\n', '2:19 “keys” must be text; put it in quotes'],
    ['providers:\n  mine: {}\n', '2:3 “mine” needs a baseUrl, or a preset with one'],
    ['providers:\n  mine: { preset: azure }\n', '2:3 “mine” needs a baseUrl, or a preset with one'],
    [
      'providers:\n  x:\n    preset: opnai\n',
      '3:13 “opnai” is no preset; known are openai, anthropic, deepseek, azure, custom',
    ],
    ['prices:\n  - tiers: [{ input: 1, output: 2 }]\n', '2:5 “model” is missing'],
    [
      'providers:\n  openai:\n    keys: ["a", "${NO_KEY}"]\n',
      '3:18 The variable NO_KEY is not set',
    ],
    [
      'providers:\n  openai:\n    keys: "x${"\n',
      '3:13 “${” begins a variable: write ${NAME} or ${NAME:-default}, or $${ for the characters themselves',
    ],
    ['providers:\n  a: {}\n  a: {}\n', '3:3 Map keys must be unique'],
    ['- a\n', '1:1 “the file” must be a list of fields'],
  ])('%j', (text, expected) => {
    expect(wrong(text)).toEqual([expected]);
  });

  test('broken YAML', () => {
    expect(wrong('providers:\n  a: [1\nb: 2\n')[0]).toMatch(/^[23]:\d+ /);
    expect(read('providers: [').configuration).toBeUndefined();
    expect(wrong('providers:\n  a: { keys: ${KEY} }\n')).toEqual([
      expect.stringMatching(/^2:\d+ .*; inside \{ \} and \[ \] put \$\{…\} in quotes$/),
    ]);
  });

  test('all of them at once, from top to bottom', () => {
    const text = 'setings: {}\nproviders:\n  openai: { keys: "${NONE}", acess: owner }\n';
    expect(wrong(text).map((each) => each.split(' ')[0])).toEqual(['1:1', '3:20', '3:30']);
  });

  test('references that multiply are refused instead of followed', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let depth = 1; depth < 8; depth += 1) {
      const before = `*a${(depth - 1).toString()}`;
      lines.push(`a${depth}: &a${depth} [${Array.from({ length: 10 }, () => before).join(', ')}]`);
    }
    expect(wrong(lines.join('\n'))).toEqual([expect.stringContaining('This says too much')]);
  });

  test('a value never becomes structure', () => {
    const env = { KEY: 'x\nsettings:\n  keyless: true' };
    const { configuration } = read('providers:\n  openai:\n    keys: ${KEY}\n', env);
    expect(configuration?.settings).toEqual({});
    expect(configuration?.providers[0]?.keys).toEqual([env.KEY]);
  });
});

describe('an export', () => {
  test('says the same when it is read again, and holds no secret', () => {
    const text = exportConfig({
      settings: { keyless: false, machineName: 'mill ${x}' },
      providers: [
        {
          ...{ name: 'Open AI', preset: 'openai', baseUrl: 'https://api.openai.com/v1' },
          ...{ access: 'everybody', isEnabled: true, keyCount: 2 },
          ...{ names: { 'gpt-5': 'fast' }, served: ['gpt-5'] },
        },
      ],
      aliases: [
        { name: 'best', mayCrossToCloud: true, members: [{ model: 'fast', maxQueueMs: 500 }] },
      ],
      prices: [{ model: 'fast', tiers: [{ maxInputTokens: 0, inputMicros: 1, outputMicros: 2 }] }],
      modelLimits: [{ model: 'fast', limits: { spendMicrosPerDay: 10, tokensPerDay: 3 } }],
    });
    expect(text).toContain('${OPEN_AI_API_KEY}');
    const { configuration, problems } = read(text, {
      OPEN_AI_API_KEY: 'one',
      OPEN_AI_API_KEY_2: 'two',
    });
    expect(problems).toEqual([]);
    expect(configuration).toEqual({
      settings: { keyless: false, machineName: 'mill ${x}' },
      providers: [
        {
          ...{ name: 'Open AI', preset: 'openai', baseUrl: 'https://api.openai.com/v1' },
          ...{ access: 'everybody', isEnabled: true, keys: ['one', 'two'] },
          ...{ names: { 'gpt-5': 'fast' }, served: ['gpt-5'] },
        },
      ],
      aliases: [
        { name: 'best', mayCrossToCloud: true, members: [{ model: 'fast', maxQueueMs: 500 }] },
      ],
      prices: [{ model: 'fast', tiers: [{ maxInputTokens: 0, inputMicros: 1, outputMicros: 2 }] }],
      modelLimits: [{ model: 'fast', limits: { spendMicrosPerDay: 10, tokensPerDay: 3 } }],
    });
  });
});
