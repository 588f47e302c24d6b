import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { openBackend } from './backend.ts';
import type { Backend } from './backend.ts';
import { inspectModel } from './inspect.ts';
import { LlamaEngine } from './llama-engine.ts';

const guide = readFileSync(
  join(import.meta.dirname, '../../../resources/models/guide/guide-q8_0.gguf'),
);
let folder: string;
let backend: Backend;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-broken-'));
  backend = await openBackend({ maxThreads: 1, gpu: false });
});

afterAll(async () => {
  await backend.llama.dispose();
  rmSync(folder, { recursive: true });
});

function file(name: string, content: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function refusal(work: Promise<unknown>): Promise<MillpondError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof MillpondError) return error;
    throw error;
  }
  throw new Error('it was loaded');
}

function load(path: string, options = {}): Promise<LlamaEngine> {
  return LlamaEngine.load({ path, options, defaultThreads: 1, gpu: false });
}

/** The header with its first occurrence of a text replaced by another of the same length. */
function patched(from: string, to: string): Buffer {
  const copy = Buffer.from(guide);
  copy.write(to, copy.indexOf(from), 'latin1');
  return copy;
}

const broken: readonly [what: string, make: () => string, sentence: RegExp][] = [
  ['a file that is gone', () => join(folder, 'gone.gguf'), /^gone\.gguf is no longer there/],
  ['a folder', () => folder, /is a folder, not a model file$/],
  ['an empty file', () => file('empty.gguf', ''), /^empty\.gguf is empty/],
  [
    'a web page',
    () => file('page.gguf', '<!DOCTYPE html><title>Sign in</title>'),
    /^page\.gguf is not a GGUF file/,
  ],
  [
    'a file cut in its header',
    () => file('header.gguf', guide.subarray(0, 5000)),
    /^header\.gguf is (incomplete|damaged)/,
  ],
  [
    'a file cut in its weights',
    () => file('cut.gguf', guide.subarray(0, guide.length / 2)),
    /^cut\.gguf is incomplete or damaged; download it again$/,
  ],
  [
    'random bytes behind the magic',
    () => file('noise.gguf', Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(4096, 0xa7)])),
    /^noise\.gguf /,
  ],
  [
    'a foreign architecture',
    () =>
      file(
        'foreign.gguf',
        patched(
          'general.architecture\x08\0\0\0\x05\0\0\0\0\0\0\0llama',
          'general.architecture\x08\0\0\0\x05\0\0\0\0\0\0\0zebra',
        ),
      ),
    /^foreign\.gguf uses the architecture "zebra", which this version cannot run$/,
  ],
];

describe.each(broken)('%s', (_what, make, sentence) => {
  test('is refused by a load with one sentence', async () => {
    const failure = await refusal(load(make()));
    expect(failure.code).toBe('model-load-failed');
    expect(failure.message).toMatch(sentence);
    expect(failure.message).not.toContain('\n');
  });

  test('is refused by an inspection with one sentence', async () => {
    const failure = await refusal(inspectModel({ path: make(), options: {} }, backend));
    expect(failure.code).toBe('model-load-failed');
    expect(failure.message).toMatch(sentence);
  });
});

test('says that a context does not fit instead of crashing', async () => {
  const path = file('guide.gguf', guide);
  const failure = await refusal(load(path, { contextLength: 2_000_000_000, slots: 8 }));
  expect(failure.code).toBe('out-of-memory');
  expect(failure.message).toMatch(/^guide\.gguf does not fit into the free memory/);
});
