/** What a model is good for, in the words of the window. */
export type StarterPurpose =
  'all-round' | 'quick' | 'code' | 'reasoning' | 'vision' | 'small' | 'best';

/** One repository worth starting with. Its size, licence and files are the hub's to say. */
export interface StarterEntry {
  readonly repo: string;
  readonly name: string;
  readonly purpose: StarterPurpose;
  /** The variant that keeps nearly all of the quality. */
  readonly quantization: string;
}

/** Well-known open models from half a billion to a hundred billion parameters; no order. */
export const starterEntries: readonly StarterEntry[] = [
  {
    repo: 'unsloth/Qwen3-0.6B-GGUF',
    name: 'Qwen3 0.6B',
    purpose: 'small',
    quantization: 'Q8_0',
  },
  {
    repo: 'unsloth/Qwen3-1.7B-GGUF',
    name: 'Qwen3 1.7B',
    purpose: 'small',
    quantization: 'Q4_K_M',
  },
  {
    repo: 'ggml-org/SmolLM3-3B-GGUF',
    name: 'SmolLM3 3B',
    purpose: 'quick',
    quantization: 'Q4_K_M',
  },
  {
    repo: 'bartowski/Llama-3.2-3B-Instruct-GGUF',
    name: 'Llama 3.2 3B',
    purpose: 'quick',
    quantization: 'Q4_K_M',
  },
  {
    repo: 'unsloth/Qwen3-4B-Instruct-2507-GGUF',
    name: 'Qwen3 4B',
    purpose: 'all-round',
    quantization: 'Q4_K_M',
  },
  {
    repo: 'unsloth/Qwen3-14B-GGUF',
    name: 'Qwen3 14B',
    purpose: 'all-round',
    quantization: 'Q4_K_M',
  },
  {
    repo: 'unsloth/Qwen3-30B-A3B-Instruct-2507-GGUF',
    name: 'Qwen3 30B-A3B',
    purpose: 'all-round',
    quantization: 'Q4_K_M',
  },
  {
    repo: 'unsloth/Qwen3-8B-GGUF',
    name: 'Qwen3 8B',
    purpose: 'reasoning',
    quantization: 'Q4_K_M',
  },
  {
    repo: 'ggml-org/gpt-oss-20b-GGUF',
    name: 'gpt-oss 20B',
    purpose: 'reasoning',
    quantization: 'MXFP4',
  },
  {
    repo: 'ggml-org/gpt-oss-120b-GGUF',
    name: 'gpt-oss 120B',
    purpose: 'best',
    quantization: 'MXFP4',
  },
  {
    repo: 'ggml-org/gemma-3-4b-it-GGUF',
    name: 'Gemma 3 4B',
    purpose: 'vision',
    quantization: 'Q4_K_M',
  },
  {
    repo: 'ggml-org/gemma-3-12b-it-GGUF',
    name: 'Gemma 3 12B',
    purpose: 'vision',
    quantization: 'Q4_K_M',
  },
  {
    repo: 'Qwen/Qwen2.5-Coder-7B-Instruct-GGUF',
    name: 'Qwen2.5 Coder 7B',
    purpose: 'code',
    quantization: 'Q4_K_M',
  },
  {
    repo: 'unsloth/Qwen3-Coder-30B-A3B-Instruct-GGUF',
    name: 'Qwen3 Coder 30B-A3B',
    purpose: 'code',
    quantization: 'Q4_K_M',
  },
  {
    repo: 'unsloth/Mistral-Small-3.2-24B-Instruct-2506-GGUF',
    name: 'Mistral Small 3.2 24B',
    purpose: 'best',
    quantization: 'Q4_K_M',
  },
  {
    repo: 'bartowski/Llama-3.3-70B-Instruct-GGUF',
    name: 'Llama 3.3 70B',
    purpose: 'best',
    quantization: 'Q4_K_M',
  },
];
