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

/** A model that is on this machine. Its identity is the digest; the id is a claim. */
export interface ModelManifest {
  /** `publisher/model:quant`, or a short name such as `guide`. */
  readonly id: string;
  readonly name: string;
  readonly format: 'gguf';
  readonly path: string;
  readonly sizeBytes: number;
  /** SHA-256 of the file, lower-case hex; absent until it has been computed. */
  readonly digest?: string;
  readonly source: 'bundled' | 'library';
  /** Absent until the file was probed. */
  readonly facts?: ModelFacts;
  /** Why the file cannot be used, in one sentence; absent when it can. */
  readonly problem?: string;
}

/** How a model is loaded. Absent fields are chosen by the engine. */
export interface LoadOptions {
  /** Tokens per slot. */
  readonly contextLength?: number;
  /** Requests answered at the same time. */
  readonly slots?: number;
  readonly gpuLayers?: number;
  readonly threads?: number;
  readonly flashAttention?: boolean;
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
