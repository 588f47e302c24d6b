/** Streams are spread over the interval like callers who came at different times. */
const cohortCount = 20;

/** Wakes many streams at one pace with one timer, so that they cost little of the process they live in. */
export class Cohorts {
  private readonly waiting: (() => void)[][] = Array.from({ length: cohortCount }, () => []);
  private readonly intervalMs: number;
  private next = 0;
  private joined = 0;
  private readonly startedAt = performance.now();

  /** The timer lives as long as its process. */
  constructor(tokensPerSecond: number) {
    this.intervalMs = 1000 / tokensPerSecond;
    setInterval(() => {
      this.catchUp();
    }, 1);
  }

  join(): number {
    this.joined += 1;
    return this.joined % cohortCount;
  }

  tick(cohort: number): Promise<void> {
    return new Promise((resolve) => this.waiting[cohort]?.push(resolve));
  }

  /** Timers come late: cohorts that are due are woken in their order. */
  private catchUp(): void {
    const due = ((performance.now() - this.startedAt) / this.intervalMs) * cohortCount;
    for (; this.next < due; this.next += 1) {
      const cohort = this.next % cohortCount;
      const waiting = this.waiting[cohort] ?? [];
      this.waiting[cohort] = [];
      for (const wake of waiting) wake();
    }
  }
}
