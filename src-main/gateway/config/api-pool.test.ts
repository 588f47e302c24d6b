import { describe, expect, test } from 'vitest';
import { parseConfig } from './parse-config.ts';
import type { KnownPreset } from './ports.ts';

const presets: readonly KnownPreset[] = [
  { id: 'openai', baseUrl: 'https://api.openai.com/v1' },
  { id: 'openrouter', baseUrl: 'https://openrouter.ai/api/v1' },
  { id: 'deepseek', baseUrl: 'https://api.deepseek.com' },
];

/** As that program's own sample, with three providers for one model. */
const sample = `
server:
  host: "0.0.0.0"
  port: 8080
  config_file: "config.yaml"

models:
  deepseek-r1:
    model_name: "deepseek-r1"
    providers:
      - name: "openrouter"
        api_base: "https://openrouter.ai/api/v1"
        api_key: "\${OPENROUTER_API_KEY}"
        enabled: true
      - name: "azure"
        api_base: "https://your-resource.openai.azure.com"
        api_key: "\${AZURE_API_KEY}"
        enabled: true
      - name: "deepseek"
        api_base: "https://api.deepseek.com/v1"
        api_key: "\${DEEPSEEK_API_KEY}"
        enabled: true
  gpt-4o:
    model_name: "gpt-4o"
    providers:
      - name: "azure"
        api_base: "https://your-resource.openai.azure.com"
        api_key: "\${AZURE_API_KEY}"
        enabled: true
`;

const twoOfThree = { OPENROUTER_API_KEY: 'or-key', DEEPSEEK_API_KEY: 'ds-key' };

describe('E28: the file of AI-api-pool', () => {
  test('works with two variables set; the third provider is named, and nothing literal is kept', () => {
    const { configuration, problems } = parseConfig(sample, { env: twoOfThree, presets });
    expect(configuration?.providers).toEqual([
      {
        ...{ name: 'openrouter', preset: 'openrouter', access: 'everybody', isEnabled: true },
        ...{ baseUrl: 'https://openrouter.ai/api/v1', keys: ['or-key'] },
        ...{ names: {}, served: ['deepseek-r1'] },
      },
      {
        ...{ name: 'deepseek', preset: 'deepseek', access: 'everybody', isEnabled: true },
        ...{ baseUrl: 'https://api.deepseek.com/v1', keys: ['ds-key'] },
        ...{ names: {}, served: ['deepseek-r1'] },
      },
    ]);
    expect(problems).toEqual([
      {
        ...{ line: 17, column: 19 },
        message: 'The provider “azure” is left out: the variable AZURE_API_KEY is not set',
      },
    ]);
    expect(JSON.stringify(configuration)).not.toContain('${');
  });

  test('with every variable one provider serves what several models say of it', () => {
    const env = { ...twoOfThree, AZURE_API_KEY: 'az-key' };
    const { configuration, problems } = parseConfig(sample, { env, presets });
    expect(problems).toEqual([]);
    expect(configuration?.providers.map(({ name, served, keys }) => [name, served, keys])).toEqual([
      ['openrouter', ['deepseek-r1'], ['or-key']],
      ['azure', ['deepseek-r1', 'gpt-4o'], ['az-key']],
      ['deepseek', ['deepseek-r1'], ['ds-key']],
    ]);
  });

  test('names of the providers own stay behind the name that callers use', () => {
    const text = `
models:
  r1:
    model_name: deepseek-reasoner
    providers:
      - { name: a, api_base: http://a/v1, api_key: k, enabled: true }
      - { name: b, api_base: http://b/v1, api_key: k, model_name: vendor/r1 }
`;
    const { configuration } = parseConfig(text, { env: {}, presets });
    expect(configuration?.providers.map(({ names, served }) => [names, served])).toEqual([
      [{ 'deepseek-reasoner': 'r1' }, ['deepseek-reasoner']],
      [{ 'vendor/r1': 'r1' }, ['vendor/r1']],
    ]);
  });

  test('one name at two addresses is two providers; two keys at one address take turns', () => {
    const text = `
models:
  m1:
    providers:
      - { name: a, api_base: http://one/v1/, api_key: k1 }
      - { name: a, api_base: http://two/v1, api_key: k2 }
  m2:
    providers:
      - { name: a, api_base: http://one/v1, api_key: k3 }
`;
    const { configuration } = parseConfig(text, { env: {}, presets });
    expect(configuration?.providers.map(({ name, keys, served }) => [name, keys, served])).toEqual([
      ['a', ['k1', 'k3'], ['m1', 'm2']],
      ['a-2', ['k2'], ['m1']],
    ]);
  });

  test('one that is not enabled is kept switched off and needs no variable', () => {
    const text = `
models:
  m:
    providers:
      - { name: off, api_base: http://x/v1, api_key: "\${NONE}", enabled: false }
`;
    const { configuration, problems } = parseConfig(text, { env: {}, presets });
    expect(problems).toEqual([]);
    expect(configuration?.providers).toMatchObject([{ name: 'off', isEnabled: false, keys: [] }]);
  });

  test('what cannot be is told at its line', () => {
    const wrong = (text: string) =>
      parseConfig(text, { env: {}, presets }).problems.map(
        ({ line, message }) => `${line.toString()} ${message}`,
      );
    expect(wrong('models:\n  m:\n    providers:\n      - name: a\n')).toEqual([
      '4 “api_base” is missing',
    ]);
    expect(
      wrong(`models:
  x: { model_name: up, providers: [{ name: a, api_base: http://a }] }
  y: { model_name: up, providers: [{ name: a, api_base: http://a }] }
`),
    ).toEqual(['3 “a” serves “up” as “x” already; make an alias for “y”']);
  });
});
