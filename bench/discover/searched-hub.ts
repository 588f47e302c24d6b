import { startTestModelHub } from '../../src-main/testing/hub/hub-api.ts';
import type { HubModelFixture, TestModelHub } from '../../src-main/testing/hub/hub-api.ts';

/** What a page of the hub holds. */
export const modelsPerSearch = 30;

export interface SearchedHub {
  readonly hub: TestModelHub;
  /** Each finds a list of `modelsPerSearch` other models. */
  readonly words: readonly string[];
}

const authors = ['mill', 'sluice-labs', 'a-community-with-a-long-name'];
const tasks = ['text-generation', 'image-text-to-text', 'feature-extraction'];

/** A hub on this machine whose answers look like those of the real one. */
export async function startSearchedHub(searches: number): Promise<SearchedHub> {
  const words = Array.from({ length: searches }, (_, index) => `stream${String(index)}x`);
  const models = words.flatMap((word) =>
    Array.from({ length: modelsPerSearch }, (_, index) => modelOf(word, index)),
  );
  return { hub: await startTestModelHub({ models }), words };
}

function modelOf(word: string, index: number): HubModelFixture {
  const name = `${word}-${String(index + 1)}B-Instruct-GGUF`;
  return {
    repo: `${pick(authors, index)}/${name}`,
    commit: 'a'.repeat(40),
    tags: ['gguf', 'license:apache-2.0', 'conversational'],
    task: pick(tasks, index),
    gguf: { total: (index + 1) * 1e9, architecture: 'llama', context_length: 32_768 },
    downloads: 1_234_567 >> index,
    lastModified: new Date(Date.UTC(2026, 0, 1 + index)).toISOString(),
    isGated: index % 7 === 0,
    files: new Map([[`${name}-Q4_K_M.gguf`, new Uint8Array([index])]]),
  };
}

function pick(values: readonly string[], index: number): string {
  return values[index % values.length] ?? '';
}
