/** What a model can be asked for. Reported by its engine, never guessed from a name. */
export interface ModelCapabilities {
  readonly chat: boolean;
  readonly completion: boolean;
  readonly embedding: boolean;
  readonly rerank: boolean;
  readonly tools: boolean;
  readonly reasoning: boolean;
  readonly vision: boolean;
  /** Goes on from delivered tokens: what resume and hand-over stand on. */
  readonly continuation: boolean;
}

export const noCapabilities: ModelCapabilities = {
  chat: false,
  completion: false,
  embedding: false,
  rerank: false,
  tools: false,
  reasoning: false,
  vision: false,
  continuation: false,
};

/** What at least one of two can do. */
export function eitherCapabilities(a: ModelCapabilities, b: ModelCapabilities): ModelCapabilities {
  return {
    chat: a.chat || b.chat,
    completion: a.completion || b.completion,
    embedding: a.embedding || b.embedding,
    rerank: a.rerank || b.rerank,
    tools: a.tools || b.tools,
    reasoning: a.reasoning || b.reasoning,
    vision: a.vision || b.vision,
    continuation: a.continuation || b.continuation,
  };
}

/** Facts read from the file itself. */
export interface ModelFacts {
  readonly architecture: string;
  readonly displayName?: string;
  /** Such as `Q4_K_M`; absent when the file does not say. */
  readonly quantization?: string;
  readonly parameterCount?: number;
  /** The longest context the model was trained for, in tokens. */
  readonly trainedContextLength: number;
  readonly capabilities: ModelCapabilities;
}

/** How a model's files are laid out: one file or a set of parts (`gguf`), or a folder (`mlx`). */
export type ModelFormat = 'gguf' | 'mlx';

/** The programs that can run a model. */
export type EngineKind = 'llama-cpp' | 'llama-server' | 'vllm' | 'mlx';

/** Other programs that keep models on the same disk. */
export type StoreKind = 'lm-studio' | 'ollama' | 'hugging-face' | 'llama-cpp' | 'jan';

/** Where a model's files came from; proves later what they should be. */
export interface ModelOrigin {
  /** `org/name` on the hub. */
  readonly repo: string;
  /** Commit hash of the repository. */
  readonly commit: string;
  /** The endpoint it was fetched from, such as `https://huggingface.co`. */
  readonly endpoint: string;
  readonly licence?: string;
}

/** A model that is on this machine. Its identity is the digest; the id is a claim. */
export interface ModelManifest {
  /** `publisher/model:quant`, or a short name such as `guide`. */
  readonly id: string;
  readonly name: string;
  readonly format: ModelFormat;
  /** The file an engine opens, the first of several parts, or a folder (`mlx`). */
  readonly path: string;
  /** Of all its files together. */
  readonly sizeBytes: number;
  /** SHA-256 of the file, lower-case hex; absent until it has been computed. */
  readonly digest?: string;
  /** `found` files belong to another program: used in place, never changed or deleted. */
  readonly source: 'bundled' | 'library' | 'found';
  /** Who keeps it, where that is another program. */
  readonly store?: StoreKind;
  /** The other programs that use the very same file. */
  readonly usedBy?: readonly StoreKind[];
  readonly origin?: ModelOrigin;
  /** The file that lets it see: only an engine that takes one can use it. */
  readonly projectorPath?: string;
  /** Absent until the file was probed. */
  readonly facts?: ModelFacts;
  /** Why the file cannot be used, in one sentence; absent when it can. */
  readonly problem?: string;
}

/** How exactly a context's keys and values are kept; the smaller ones halve or quarter its memory. */
export type CacheType = 'f16' | 'q8_0' | 'q4_0';

/** How a model is loaded. Absent fields are chosen by the engine. */
export interface LoadOptions {
  /** Tokens per slot. */
  readonly contextLength?: number;
  /** Requests answered at the same time. */
  readonly slots?: number;
  readonly gpuLayers?: number;
  readonly threads?: number;
  readonly flashAttention?: boolean;
  readonly cacheType?: CacheType;
  /** Which graphics cards may be used, by their index in the hardware snapshot; empty: none. */
  readonly gpus?: readonly number[];
  /** Which program runs it; absent: the best that is installed for its format. */
  readonly engine?: EngineKind;
}

/**
 * - `installed` on disk, not loaded · `loading` with a share from 0 to 1 · `ready` answering
 * - `draining` finishing its answers before it is unloaded · `failed` with a reason in plain words
 */
export type ModelState =
  | { readonly phase: 'installed' }
  | { readonly phase: 'loading'; readonly share: number; readonly startedAt: number }
  | { readonly phase: 'ready'; readonly since: number; readonly notice?: string }
  | { readonly phase: 'draining'; readonly remaining: number }
  | { readonly phase: 'failed'; readonly reason: string; readonly retryAt?: number };

export type ModelPhase = ModelState['phase'];
