/**
 * Lets the loops of all sequences step together, and lets a change of one sequence in between.
 *
 * The library holds its context lock for as long as items keep coming, and with two streams they
 * always do: erasing part of a sequence would wait until they end. So whoever needs the lock closes
 * the gate, every loop stops before its next step, the library's queue runs dry, the lock is free.
 */
export class StepGate {
  private stepping = 0;
  private closures = 0;
  private waiting: (() => void)[] = [];

  /** Loops that will queue their next step without waiting for anything outside. */
  get expected(): number {
    return this.stepping;
  }

  /** Called before a loop's first step, and after a pause. */
  enter(): void {
    this.stepping += 1;
  }

  /** Called when a loop ends, and before it waits for anything but the engine. */
  leave(): void {
    this.stepping -= 1;
  }

  /** Called before each step; waits while the gate is closed. */
  async pass(): Promise<void> {
    while (this.closures > 0) {
      await this.aside(
        () =>
          new Promise<void>((resolve) => {
            this.waiting.push(resolve);
          }),
      );
    }
  }

  /** Waits for something outside without making the other loops wait for this one. */
  async aside<T>(wait: () => Promise<T>): Promise<T> {
    this.leave();
    try {
      return await wait();
    } finally {
      this.enter();
    }
  }

  /** Runs `work` while no loop steps. Must not be called by a loop that has entered. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    this.closures += 1;
    try {
      return await work();
    } finally {
      this.closures -= 1;
      if (this.closures === 0) {
        const waiting = this.waiting;
        this.waiting = [];
        for (const resume of waiting) resume();
      }
    }
  }
}
