/** What the benchmark tells the process that holds the gateway. */
export type ToGatewayProcess =
  | { readonly type: 'begin' }
  | { readonly type: 'end' }
  | { readonly type: 'drain-alone'; readonly streams: number; readonly seconds: number };

/** What the gateway's process answers: once when it is up, then to each `end` and `drain-alone`. */
export type FromGatewayProcess =
  | {
      readonly type: 'ready';
      readonly gatewayPort: number;
      readonly barePort: number;
      readonly key: string;
    }
  | { readonly type: 'begun' }
  | { readonly type: 'usage'; readonly usage: ProcessUsage };

/** What a process spent between `begin` and `end`. */
export interface ProcessUsage {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** 99th percentile of how late the event loop was, in milliseconds. */
  readonly loopDelayP99Ms: number;
  readonly residentMiB: number;
}
