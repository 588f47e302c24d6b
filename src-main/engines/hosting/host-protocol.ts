import type { ErrorBody } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import type { LoadOptions, ModelFacts } from '../../core/model.ts';
import type { EngineFacts, SlotReport } from '../engine.ts';

/** Both sides refuse another version: an engine host never outlives the runtime that made it. */
export const hostProtocolVersion = 1;

/** What the runtime tells an engine host. One host holds at most one model in its whole life. */
export type ToEngineHost =
  | {
      readonly type: 'load';
      readonly version: number;
      readonly path: string;
      readonly options: LoadOptions;
      /** Threads the engine may use when `options.threads` is absent. */
      readonly defaultThreads: number;
    }
  | { readonly type: 'infer'; readonly id: string; readonly request: InferenceRequest }
  /** The reader took `chunks` chunks; generation of a request pauses without credit. */
  | { readonly type: 'credit'; readonly id: string; readonly chunks: number }
  | { readonly type: 'cancel'; readonly id: string }
  | { readonly type: 'count'; readonly id: string; readonly text: string }
  | { readonly type: 'shutdown' };

/** Chunks a request may have under way before the host waits for credit. */
export const initialCredit = 256;

/** What an engine host tells the runtime. */
export type FromEngineHost =
  | { readonly type: 'loading'; readonly share: number }
  | { readonly type: 'ready'; readonly facts: EngineFacts }
  | { readonly type: 'load-failed'; readonly error: ErrorBody }
  /** Chunks of one request, in order; ready ones travel together, the first at once. */
  | { readonly type: 'chunks'; readonly id: string; readonly chunks: readonly InferenceChunk[] }
  /** The request is over: no more chunks. Absent error means it ended well or was cancelled. */
  | { readonly type: 'end'; readonly id: string; readonly error?: ErrorBody }
  | { readonly type: 'counted'; readonly id: string; readonly tokens: number }
  /** Once a second: the host is alive. Missing for 10 s means it hangs. */
  | {
      readonly type: 'heartbeat';
      readonly residentBytes: number;
      readonly slots: readonly SlotReport[];
    };

/** What the runtime asks a probe host; it answers each and exits when its channel closes. */
export interface ToProbeHost {
  readonly type: 'inspect';
  readonly id: string;
  readonly path: string;
  readonly options: LoadOptions;
}

export interface ModelInspection {
  readonly facts: ModelFacts;
  /** Memory the engine would take with these options on this machine. */
  readonly predictedBytes: number;
  /** The context length and slots that the prediction stands for. */
  readonly contextLength: number;
  readonly slots: number;
}

export type FromProbeHost =
  | { readonly type: 'inspected'; readonly id: string; readonly inspection: ModelInspection }
  | { readonly type: 'failed'; readonly id: string; readonly error: ErrorBody };
