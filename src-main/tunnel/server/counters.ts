/** What happened since the start; for metrics and tests. */
export interface TunnelCounters {
  /** Handshakes that ended with `Ready`. */
  connections: number;
  /** Refusals of any kind, at joining and at connecting. */
  refusals: number;
  /** Frames and streams of an earlier epoch, of a fenced Run or with a wrong ticket: dropped. */
  staleFramesDropped: number;
  /** Runs whose stream was lost while they answered. */
  cuts: number;
  /** Cut Runs that went on. */
  resumes: number;
  /** Cut Runs that were given up. */
  lost: number;
  /** Messages that could not be understood or broke a rule. */
  protocolErrors: number;
}

export function createCounters(): TunnelCounters {
  return {
    connections: 0,
    refusals: 0,
    staleFramesDropped: 0,
    cuts: 0,
    resumes: 0,
    lost: 0,
    protocolErrors: 0,
  };
}
