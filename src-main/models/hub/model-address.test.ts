import { expect, test } from 'vitest';
import type { HubVariant } from './hub-repo.ts';
import { parseModelAddress, resolveVariant, usualVariant } from './model-address.ts';

const endpoint = 'https://hub.example.org/mirror';
const parse = (text: string) => parseModelAddress(text, endpoint);
const repo = 'unsloth/Qwen3-0.6B-GGUF';

test.each([
  [repo, { repo }],
  [`  ${repo}  `, { repo }],
  [`${repo}:Q4_K_M`, { repo, quantization: 'Q4_K_M' }],
  [`${repo}:latest`, { repo }],
  [`hf:${repo}`, { repo }],
  [`hf:${repo}:ud-q4_k_xl`, { repo, quantization: 'ud-q4_k_xl' }],
  [`hf.co/${repo}:Q8_0`, { repo, quantization: 'Q8_0' }],
  [`HF.co/${repo}`, { repo }],
  [`huggingface.co/${repo}`, { repo }],
  [`hf-mirror.com/${repo}`, { repo }],
  [`hub.example.org/mirror/${repo}`, undefined],
  [`https://huggingface.co/${repo}`, { repo }],
  [`https://www.huggingface.co/${repo}/`, { repo }],
  [`https://hf-mirror.com/${repo}`, { repo }],
  [`${endpoint}/${repo}`, { repo }],
  [`https://huggingface.co/${repo}?show_file_info=Q4.gguf`, { repo, quantization: 'Q4.gguf' }],
  [`https://huggingface.co/${repo}/tree/main`, { repo, revision: 'main' }],
  [`https://huggingface.co/${repo}/tree/main/Q8_0`, { repo, revision: 'main' }],
  [
    `https://huggingface.co/${repo}/blob/main/Q8_0/model%20a.gguf`,
    { repo, revision: 'main', file: 'Q8_0/model a.gguf' },
  ],
  [
    `https://huggingface.co/${repo}/resolve/refs%2Fpr%2F1/m.gguf?download=true`,
    { repo, revision: 'refs/pr/1', file: 'm.gguf' },
  ],
] as const)('reads %s', (text, address) => {
  if (address === undefined) expect(() => parse(text)).toThrow(/not the name of a model/);
  else expect(parse(text)).toEqual(address);
});

test.each([
  ['', /is not the name of a model on the hub: it looks like org\/name/],
  ['qwen3', /is not the name of a model/],
  ['a/b/c', /is not the name of a model/],
  ['../../etc/passwd', /is not the name of a model/],
  ['org/name:', /is not the name of a model/],
  ['org/name:Q4:Q5', /is not the name of a model/],
  ['org/na me', /is not the name of a model/],
  ['https://huggingface.co/datasets/org/name', /page of the hub without a model/],
  ['https://evil.example/org/name', /evil\.example is not a hub that Millpond knows/],
  ['https://huggingface.co.evil.example/org/name', /is not a hub that Millpond knows/],
  ['file:///org/name', /is not the name of a model/],
])('refuses %s in one sentence', (text, sentence) => {
  expect(() => parse(text)).toThrow(sentence);
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
});

function variant(id: string, tier: HubVariant['tier'], path = `Model-${id}.gguf`): HubVariant {
  return { id, tier, format: 'gguf', files: [{ path, sizeBytes: 1 }], sizeBytes: 1 };
}

const page = {
  repo,
  variants: [
    variant('Q2_K', 'small'),
    variant('Q4_K_M', 'balanced'),
    variant('UD-Q4_K_XL', 'balanced'),
    variant('Q8_0', 'large'),
  ],
};

test.each([
  [{}, 'Q4_K_M'],
  [{ quantization: 'Q8_0' }, 'Q8_0'],
  [{ quantization: 'q8_0' }, 'Q8_0'],
  [{ quantization: 'Q4_K_XL' }, 'UD-Q4_K_XL'],
  [{ quantization: 'Model-Q2_K.gguf' }, 'Q2_K'],
  [{ quantization: 'model-q2_k' }, 'Q2_K'],
  [{ file: 'Model-Q8_0.gguf' }, 'Q8_0'],
])('takes %s for %s', (wanted, id) => {
  expect(resolveVariant(page, wanted).id).toBe(id);
});

test('names the quantizations that exist when one does not', () => {
  expect(() => resolveVariant(page, { quantization: 'Q5_K_M' })).toThrow(
    `${repo} has no Q5_K_M: it has Q2_K, Q4_K_M, UD-Q4_K_XL, Q8_0`,
  );
});

test('says so when a repository has nothing that runs here', () => {
  expect(() => resolveVariant({ repo, variants: [] })).toThrow(/has no file that runs here/);
});

test('takes the largest balanced one where the usual names are missing, else the smallest', () => {
  expect(usualVariant([variant('IQ4_XS', 'balanced'), variant('Q5_K_M', 'balanced')])?.id).toBe(
    'Q5_K_M',
  );
  expect(usualVariant([variant('Q8_0', 'large'), variant('F16', 'original')])?.id).toBe('Q8_0');
});
