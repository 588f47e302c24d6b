import type { Logger } from '../platform/logger.ts';

interface Part {
  readonly name: string;
  readonly stop: () => Promise<void> | void;
}

const stopLimitMs = 10_000;

/** Parts in the order they started. They stop in reverse, each for at most ten seconds. */
export class Lifecycle {
  private readonly parts: Part[] = [];
  private readonly log: Logger;
  private stopping: Promise<void> | undefined;

  constructor(log: Logger) {
    this.log = log;
  }

  /** Registers a part that has just started. */
  started(name: string, stop: Part['stop']): void {
    this.parts.push({ name, stop });
  }

  /** Stops everything once; later calls wait for the same stop. Never rejects. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<void> {
    for (const part of this.parts.toReversed()) {
      try {
        await withinLimit(part);
      } catch (error) {
        this.log.error({ err: error, part: part.name }, 'part did not stop cleanly');
      }
    }
  }
}

async function withinLimit({ name, stop }: Part): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${name} took longer than ${String(stopLimitMs / 1000)} s to stop`));
    }, stopLimitMs);
  });
  try {
    await Promise.race([stop(), late]);
  } finally {
    clearTimeout(timer);
  }
}
