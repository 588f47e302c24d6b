export interface Comparison {
  readonly kind: 'right' | 'high' | 'low';
  /** How far the prediction was off, as a share of what was measured. */
  readonly share: number;
}

/** Closer than this is right: memory is counted in pages and buffers of whole megabytes. */
const rightWithin = 0.005;

/** Whether a prediction came true; undefined until both are known. */
export function comparePrediction(
  predicted: number | undefined,
  measured: number | undefined,
): Comparison | undefined {
  if (predicted === undefined || measured === undefined || measured === 0) return undefined;
  const share = Math.abs(predicted - measured) / measured;
  if (share < rightWithin) return { kind: 'right', share };
  return { kind: predicted > measured ? 'high' : 'low', share };
}
