import type { ErrorBody } from '../../core/error.ts';

/** One file to fetch. */
export interface DownloadFile {
  /** Inside the repository and below the job's folder alike: relative, with forward slashes. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Lower-case hex; what arrives is proved against it. */
  readonly sha256?: string;
  /** What git calls the content, where there is no SHA-256. */
  readonly gitSha1?: string;
}

/** What a person downloads as one thing. */
export interface DownloadRequest {
  /** `org/name` on the hub. */
  readonly repo: string;
  readonly commit: string;
  readonly variant: string;
  /** For people: the model with its quantization. */
  readonly name: string;
  /** As the hub names it, such as `apache-2.0`. */
  readonly licence?: string;
  /** Where the files end up; made if it does not exist. */
  readonly folder: string;
  readonly files: readonly DownloadFile[];
}

/**
 * - `queued` behind others · `running` · `waiting` for the hours chosen in the settings
 * - `paused` by a person · `verifying` the last bytes · `done` · `failed` with `error`; its bytes are kept
 */
export type DownloadState =
  'queued' | 'running' | 'waiting' | 'paused' | 'verifying' | 'done' | 'failed';

/** A download as it is now. */
export interface Download {
  readonly id: string;
  readonly repo: string;
  readonly commit: string;
  readonly variant: string;
  readonly name: string;
  /** The host that is asked for the files. */
  readonly endpoint: string;
  readonly state: DownloadState;
  readonly totalBytes: number;
  readonly doneBytes: number;
  /** Over the last seconds; absent while nothing arrives. */
  readonly bytesPerSecond?: number;
  /** Absent when it would be a guess. */
  readonly etaSeconds?: number;
  readonly files: number;
  readonly doneFiles: number;
  /** Bytes that arrived damaged and were fetched again. */
  readonly repairedBytes: number;
  readonly error?: ErrorBody;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** What it became in the library. */
  readonly modelId?: string;
}

/** A file in its place, proved. */
export interface FinishedFile {
  readonly path: string;
  /** Inside the repository. */
  readonly repoPath: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Of each block but the last; the unit in which damage is found and repaired. */
  readonly blockBytes: number;
  /** One per block: notices damage later, proves nothing (see `FileHasher.blocks`). */
  readonly checks: readonly string[];
}

export interface FinishedDownload {
  readonly download: Download;
  readonly request: DownloadRequest;
  /** In the request's order. */
  readonly files: readonly FinishedFile[];
}

export interface DownloadEvents {
  /** States at once, progress at most twice a second for each download. */
  readonly changed: Download;
  readonly removed: { readonly id: string };
  readonly finished: FinishedDownload;
}
