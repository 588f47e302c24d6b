import { expect, test } from 'vitest';
import { parseHubAddress } from './hub-address.ts';

const repo = 'Qwen/Qwen3-8B-GGUF';

test.each([
  ['hf:Qwen/Qwen3-8B-GGUF', { repo }],
  ['hf:Qwen/Qwen3-8B-GGUF:Q4_K_M', { repo, variant: 'Q4_K_M' }],
  ['hf.co/Qwen/Qwen3-8B-GGUF:UD-Q4_K_XL', { repo, variant: 'UD-Q4_K_XL' }],
  ['huggingface.co/Qwen/Qwen3-8B-GGUF', { repo }],
  ['https://huggingface.co/Qwen/Qwen3-8B-GGUF', { repo }],
  ['https://huggingface.co/Qwen/Qwen3-8B-GGUF/tree/main?show_file_info=a.gguf', { repo }],
  ['  Qwen/Qwen3-8B-GGUF:Q8_0\n', { repo, variant: 'Q8_0' }],
  ['Qwen/Qwen3-8B-GGUF', { repo }],
])('opens the model of %j', (text, address) => {
  expect(parseHubAddress(text)).toEqual(address);
});

test('opens pages of the mirror that is used, with its port', () => {
  const mirror = 'http://127.0.0.1:8090';
  expect(parseHubAddress(`${mirror}/Qwen/Qwen3-8B-GGUF`, [mirror])).toEqual({ repo });
  expect(parseHubAddress('http://127.0.0.1:9/Qwen/Qwen3-8B-GGUF', [mirror])).toBeUndefined();
});

test.each([
  '',
  'qwen coder 7b',
  'Qwen3',
  'and/or maybe',
  'a/b/c',
  'org/repo:Q4:K',
  'org/repo:',
  '../secrets',
  'https://example.org/Qwen/Qwen3-8B-GGUF',
  'https://huggingface.co/datasets/squad',
  'https://huggingface.co/Qwen',
  'ftp://huggingface.co/Qwen/Qwen3',
  'javascript:alert(1)',
])('%j is a search, not a model', (text) => {
  expect(parseHubAddress(text)).toBeUndefined();
});
