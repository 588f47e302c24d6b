import type { ErrorBody } from '../../core/error.ts';

export type DigestAlgorithm = 'sha256' | 'sha1';

/** Bytes of a file, half-open; `end` may be `Infinity`: to the end of the file. */
export interface FileSegment {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** What the hash worker is asked. Each job has an id of its own. */
export type ToHashWorker =
  | {
      readonly type: 'digest';
      readonly id: number;
      readonly segments: readonly FileSegment[];
      readonly algorithm: DigestAlgorithm;
      /** Hashed in front of the files. */
      readonly prefix: string;
    }
  | {
      readonly type: 'blocks';
      readonly id: number;
      readonly path: string;
      readonly blockBytes: number;
    }
  /** Opens a file that is still being written; `add` says what of it is there. */
  | {
      readonly type: 'grow';
      readonly id: number;
      readonly path: string;
      readonly sizeBytes: number;
    }
  | {
      readonly type: 'add';
      readonly id: number;
      readonly start: number;
      readonly end: number;
      readonly wantsCheck: boolean;
    }
  | { readonly type: 'drop'; readonly id: number };

/** What it answers. `digest`, `blocks` and `failed` end their job. */
export type FromHashWorker =
  | { readonly type: 'progress'; readonly id: number; readonly doneBytes: number }
  | { readonly type: 'digest'; readonly id: number; readonly digest: string }
  | { readonly type: 'blocks'; readonly id: number; readonly checks: readonly string[] }
  | {
      readonly type: 'check';
      readonly id: number;
      readonly start: number;
      readonly check: string;
    }
  | { readonly type: 'failed'; readonly id: number; readonly error: ErrorBody };
