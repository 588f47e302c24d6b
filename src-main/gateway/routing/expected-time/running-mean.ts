/** The first observations count alike; after so many each counts for a fifth. */
const newestShare = 0.2;
/** An observation further off than this factor counts as if it were this far off. */
const outlierFactor = 4;

/**
 * A mean of positive figures that vary by factors: over logarithms, the newest counting most, with
 * outliers pulled in, so that one stalled answer doesn't make a machine slow.
 */
export class RunningMean {
  /** Undefined before the first observation. */
  value: number | undefined;
  private log = 0;
  private count = 0;

  /** `weight` from 0 to 1 tells how much it says. What is no positive number says nothing. */
  add(figure: number, weight = 1): void {
    if (!(figure > 0 && Number.isFinite(figure) && weight > 0)) return;
    this.count += 1;
    const farthest = Math.log(outlierFactor);
    const off = Math.max(-farthest, Math.min(farthest, Math.log(figure) - this.log));
    const share = Math.max(newestShare, 1 / this.count) * Math.min(1, weight);
    this.log = this.count === 1 ? Math.log(figure) : this.log + off * share;
    this.value = Math.exp(this.log);
  }
}
