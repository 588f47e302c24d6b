import type { PublishedShape } from '../gguf/published-architecture.ts';

/** A published model as the showcase's hub lists it. Figures of its page are rounded. */
export interface ShowcaseModel {
  readonly repo: string;
  readonly shape: PublishedShape;
  readonly parameters: number;
  readonly downloads: number;
  /** ISO 8601. */
  readonly updated: string;
  readonly licence: string;
  readonly task?: string;
  readonly isGated?: boolean;
  /** Its page offers every quantization; others have the usual two. */
  readonly hasAll?: boolean;
}

const qwen3 = {
  architecture: 'qwen3',
  headWidth: 128,
  keyValueHeads: 8,
  vocabulary: 151_936,
  contextLength: 40_960,
  ropeBase: 1_000_000,
} satisfies Partial<PublishedShape>;

const llama3 = {
  architecture: 'llama',
  headWidth: 128,
  keyValueHeads: 8,
  vocabulary: 128_256,
  contextLength: 131_072,
  ropeBase: 500_000,
} satisfies Partial<PublishedShape>;

const gemma3 = {
  architecture: 'gemma3',
  headWidth: 256,
  vocabulary: 262_144,
  isTied: true,
  contextLength: 131_072,
  ropeBase: 1_000_000,
} satisfies Partial<PublishedShape>;

const mixture: PublishedShape = {
  architecture: 'qwen3moe',
  layers: 48,
  width: 2048,
  feedForward: 768,
  heads: 32,
  keyValueHeads: 4,
  headWidth: 128,
  vocabulary: 151_936,
  contextLength: 262_144,
  isTied: false,
  ropeBase: 10_000_000,
  experts: { count: 128, used: 8 },
};

/** Open models with the dimensions that their makers published. */
export const showcaseModels: readonly ShowcaseModel[] = [
  {
    repo: 'unsloth/Qwen3-8B-GGUF',
    shape: { ...qwen3, layers: 36, width: 4096, feedForward: 12_288, heads: 32, isTied: false },
    ...{ parameters: 8_190_735_360, downloads: 412_000, updated: '2026-09-14T08:00:00.000Z' },
    ...{ licence: 'apache-2.0', hasAll: true },
  },
  {
    repo: 'unsloth/Qwen3-0.6B-GGUF',
    shape: { ...qwen3, layers: 28, width: 1024, feedForward: 3072, heads: 16, isTied: true },
    ...{ parameters: 596_049_920, downloads: 96_500, updated: '2026-06-02T08:00:00.000Z' },
    licence: 'apache-2.0',
  },
  {
    repo: 'unsloth/Qwen3-4B-Instruct-2507-GGUF',
    shape: {
      ...{ ...qwen3, layers: 36, width: 2560, feedForward: 9728, heads: 32, isTied: true },
      contextLength: 262_144,
    },
    ...{ parameters: 4_022_468_096, downloads: 388_000, updated: '2026-10-30T08:00:00.000Z' },
    licence: 'apache-2.0',
  },
  {
    repo: 'unsloth/Qwen3-30B-A3B-Instruct-2507-GGUF',
    shape: mixture,
    ...{ parameters: 30_532_122_624, downloads: 274_000, updated: '2026-10-21T08:00:00.000Z' },
    licence: 'apache-2.0',
  },
  {
    repo: 'bartowski/Llama-3.2-3B-Instruct-GGUF',
    shape: { ...llama3, layers: 28, width: 3072, feedForward: 8192, heads: 24, isTied: true },
    ...{ parameters: 3_212_749_888, downloads: 301_000, updated: '2026-03-11T08:00:00.000Z' },
    licence: 'llama3.2',
  },
  {
    repo: 'bartowski/Llama-3.3-70B-Instruct-GGUF',
    shape: { ...llama3, layers: 80, width: 8192, feedForward: 28_672, heads: 64, isTied: false },
    ...{ parameters: 70_553_706_560, downloads: 58_200, updated: '2026-02-03T08:00:00.000Z' },
    licence: 'llama3.3',
  },
  {
    repo: 'ggml-org/gemma-3-4b-it-GGUF',
    shape: { ...gemma3, layers: 34, width: 2560, feedForward: 10_240, heads: 8, keyValueHeads: 4 },
    ...{ parameters: 3_880_099_328, downloads: 226_000, updated: '2026-08-19T08:00:00.000Z' },
    ...{ licence: 'gemma', task: 'image-text-to-text' },
  },
  {
    repo: 'google/gemma-3-12b-it-qat-q4_0-gguf',
    shape: { ...gemma3, layers: 48, width: 3840, feedForward: 15_360, heads: 16, keyValueHeads: 8 },
    ...{ parameters: 11_765_788_416, downloads: 143_000, updated: '2026-05-07T08:00:00.000Z' },
    ...{ licence: 'gemma', task: 'image-text-to-text', isGated: true },
  },
  {
    repo: 'Qwen/Qwen2.5-Coder-7B-Instruct-GGUF',
    shape: {
      architecture: 'qwen2',
      layers: 28,
      width: 3584,
      feedForward: 18_944,
      heads: 28,
      keyValueHeads: 4,
      headWidth: 128,
      vocabulary: 152_064,
      contextLength: 32_768,
      isTied: false,
      ropeBase: 1_000_000,
    },
    ...{ parameters: 7_615_616_512, downloads: 131_000, updated: '2026-01-16T08:00:00.000Z' },
    licence: 'apache-2.0',
  },
  {
    repo: 'unsloth/Mistral-Small-3.2-24B-Instruct-2506-GGUF',
    shape: {
      ...{ ...llama3, layers: 40, width: 5120, feedForward: 32_768, heads: 32, isTied: false },
      ...{ vocabulary: 131_072, ropeBase: 1_000_000_000 },
    },
    ...{ parameters: 23_572_403_200, downloads: 87_400, updated: '2026-07-25T08:00:00.000Z' },
    licence: 'apache-2.0',
  },
];
