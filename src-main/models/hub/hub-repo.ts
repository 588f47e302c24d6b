import type { ModelFormat } from '../../core/model.ts';

/** One file of a repository at one commit. */
export interface HubFile {
  /** Inside the repository, with forward slashes; already checked against traversal. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Lower-case hex, where the hub keeps the file in LFS or Xet; small text files have none. */
  readonly sha256?: string;
  /** The SHA-1 of the git blob (`blob SIZE NUL` and the bytes), where there is no `sha256`. */
  readonly gitSha1?: string;
}

/** Where exactly a file is: enough to ask any mirror for it. */
export interface HubFileAddress {
  readonly repo: string;
  readonly commit: string;
  readonly path: string;
}

/** How much of the original's precision is left, in words. */
export type QuantizationTier = 'small' | 'balanced' | 'large' | 'original';

/** What a person downloads as one thing: a quantization with all its parts, or a whole MLX repository. */
export interface HubVariant {
  /** Such as `Q4_K_M`; `main` where there is only one. */
  readonly id: string;
  readonly tier: QuantizationTier;
  readonly format: ModelFormat;
  /** The parts of a split GGUF in order, or every file of an MLX repository. */
  readonly files: readonly HubFile[];
  /** The file that lets it see, fetched along. */
  readonly projector?: HubFile;
  /** Of files and projector together. */
  readonly sizeBytes: number;
}

export interface HubSummary {
  /** `org/name`. */
  readonly repo: string;
  readonly author: string;
  readonly name: string;
  readonly format: ModelFormat;
  readonly task?: string;
  readonly parameterCount?: number;
  readonly downloads: number;
  /** Epoch milliseconds. */
  readonly updatedAt?: number;
  readonly licence?: string;
  readonly isGated: boolean;
}

/** A repository with everything its page shows. */
export interface HubRepo extends HubSummary {
  readonly commit: string;
  readonly pageUrl: string;
  /** Markdown without its front matter. */
  readonly card: string;
  readonly variants: readonly HubVariant[];
  readonly trainedContextLength?: number;
}

/** How an answer came about. */
export interface Freshness {
  readonly endpoint: string;
  /** Epoch milliseconds at which the hub said it. */
  readonly at: number;
  /** From the cache, because the hub could not be asked. */
  readonly isStale: boolean;
}
