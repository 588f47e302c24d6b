export interface Backoff {
  /** The next pause in milliseconds. */
  next(): number;
  reset(): void;
}

/** Exponential pauses with equal jitter (AWS Architecture Blog, "Exponential Backoff and Jitter"). */
export function createBackoff(options: {
  readonly initialMs: number;
  readonly maxMs: number;
  readonly random: () => number;
}): Backoff {
  let attempt = 0;
  return {
    next() {
      const ceiling = Math.min(options.maxMs, options.initialMs * 2 ** attempt);
      attempt += 1;
      return ceiling / 2 + (options.random() * ceiling) / 2;
    },
    reset() {
      attempt = 0;
    },
  };
}
