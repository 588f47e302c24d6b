/** Ticks after a change in which rates say nothing yet. */
const settlingTicks = 1;
const measuringTicks = 2;
/** What a step has to gain. */
const worthwhileGain = 1.1;
const step = 2;
const ticksAfterNoGain = 30;
const ticksAfterFailure = 15;

/**
 * How many ranges are fetched at the same time. Grows in steps for as long as each step makes the
 * whole faster, goes back when it did not, and halves when something failed.
 */
export class Parallelism {
  private readonly most: number;
  private current: number;
  private rates: number[] = [];
  private ticksToSkip = settlingTicks;
  /** The rate before the last step, and where that came from; undefined when none is on trial. */
  private trial: { readonly rate: number; readonly from: number } | undefined;

  constructor(first: number, most: number) {
    this.current = Math.min(first, most);
    this.most = most;
  }

  get ranges(): number {
    return this.current;
  }

  /** Once per tick while every range is busy. */
  observe(bytesPerSecond: number): void {
    if (this.ticksToSkip > 0) {
      this.ticksToSkip -= 1;
      return;
    }
    this.rates.push(bytesPerSecond);
    if (this.rates.length < measuringTicks) return;
    const rate = this.rates.reduce((sum, each) => sum + each, 0) / this.rates.length;
    this.rates = [];
    this.decide(rate);
  }

  /** An attempt failed, or the server asked for less. */
  failed(): void {
    this.trial = undefined;
    this.rates = [];
    this.ticksToSkip = ticksAfterFailure;
    this.current = Math.max(1, Math.floor(this.current / 2));
  }

  private decide(rate: number): void {
    const { trial } = this;
    if (trial !== undefined && rate < trial.rate * worthwhileGain) {
      this.current = trial.from;
      this.trial = undefined;
      this.ticksToSkip = ticksAfterNoGain;
      return;
    }
    this.ticksToSkip = settlingTicks;
    if (this.current >= this.most || rate === 0) return;
    this.trial = { rate, from: this.current };
    this.current = Math.min(this.most, this.current + step);
  }
}
