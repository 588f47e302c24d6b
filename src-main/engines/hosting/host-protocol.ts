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
      /** Graphics memory it may take at most; absent: all that is free. */
      readonly gpuCapBytes?: number;
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

/** One file of a model of which only the beginning is here. */
export interface HeaderPart {
  /** Holds at least everything before the tensors. */
  readonly path: string;
  readonly headerBytes: number;
  /** What the whole file has where it comes from. */
  readonly totalBytes: number;
}

/** A model that is not on this machine yet: the headers of its files, in their order. */
export interface ModelHeader {
  readonly parts: readonly HeaderPart[];
}

/** What the runtime asks a probe host; it answers each and exits when its channel closes. */
export type ToProbeHost =
  | {
      readonly type: 'inspect';
      readonly id: string;
      /** Of the model's (first) file; with `header`, of what there is of it. */
      readonly path: string;
      readonly options: LoadOptions;
      readonly header?: ModelHeader;
      /** Graphics memory it may take at most; absent: all that is free. */
      readonly gpuCapBytes?: number;
    }
  | { readonly type: 'devices'; readonly id: string }
  /** How fast this many threads read main memory together. */
  | { readonly type: 'read-speed'; readonly id: string; readonly threads: number };

/** What the engine sees of the accelerators, in the order in which it numbers them. */
export interface DeviceReport {
  readonly backend: 'cuda' | 'vulkan' | 'metal' | 'none';
  readonly deviceNames: readonly string[];
  readonly totalMemoryBytes: number;
  /** The part of it that is the processor's memory too. */
  readonly unifiedMemoryBytes: number;
  /** One line of `NAME = 1 |` pairs: what the engine's build uses of the processor. */
  readonly systemInfo: string;
}

export interface ModelInspection {
  readonly facts: ModelFacts;
  /** What llama.cpp would set aside with these options on this machine, exactly: main and graphics memory. */
  readonly reservedBytes: number;
  /** What the engine's process would take of main memory: its own part too, but not what it never writes. */
  readonly cpuBytes: number;
  /** What it would take of graphics memory; 0 without any. */
  readonly gpuBytes: number;
  /** Both together. */
  readonly predictedBytes: number;
  /** Of `layers`, those that would run on the graphics card. */
  readonly gpuLayers: number;
  readonly layers: number;
  /** The context length and slots that the prediction stands for. */
  readonly contextLength: number;
  readonly slots: number;
  /** False when a load that starts now would be refused. */
  readonly fitsFreeMemory: boolean;
  /** Weights that are read for each token of an answer: only the active experts of a mixture. */
  readonly bytesPerToken: number;
}

export type FromProbeHost =
  | { readonly type: 'inspected'; readonly id: string; readonly inspection: ModelInspection }
  | { readonly type: 'devices'; readonly id: string; readonly devices: DeviceReport }
  | { readonly type: 'read-speed'; readonly id: string; readonly bytesPerSecond: number }
  | { readonly type: 'failed'; readonly id: string; readonly error: ErrorBody };
