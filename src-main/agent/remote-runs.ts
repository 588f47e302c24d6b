import { MillpondError } from '../core/error.ts';
import type { UploadLimit } from './upload-limit.ts';

/** One answer for somebody else, while it runs. */
export interface RemoteRun {
  /** Aborted with the reason when the owner wants the machine back. */
  readonly signal: AbortSignal;
  /** Waits until so many bytes may leave the machine. */
  send(bytes: number): Promise<void>;
  /** Call once, with what the answer came to. */
  end(generatedTokens: number): void;
}

interface RemoteRunsDeps {
  readonly upload: UploadLimit;
  readonly onChanged: () => void;
  readonly onEnded: (generatedTokens: number) => void;
}

/** Every answer that this machine gives to others, whatever pool it is for. */
export class RemoteRuns {
  private readonly deps: RemoteRunsDeps;
  private readonly running = new Set<AbortController>();
  private idleWaiters: (() => void)[] = [];

  constructor(deps: RemoteRunsDeps) {
    this.deps = deps;
  }

  get count(): number {
    return this.running.size;
  }

  begin(): RemoteRun {
    const stop = new AbortController();
    this.running.add(stop);
    this.deps.onChanged();
    return {
      signal: stop.signal,
      send: (bytes) => this.deps.upload.take(bytes, stop.signal),
      end: (generatedTokens) => {
        if (!this.running.delete(stop)) return;
        if (this.running.size === 0) for (const wake of this.idleWaiters.splice(0)) wake();
        this.deps.onEnded(generatedTokens);
        this.deps.onChanged();
      },
    };
  }

  /** Ends all of them with `preempted`: the gateway goes on elsewhere. Returns how many there were. */
  handOver(reason: string): number {
    const count = this.running.size;
    const error = new MillpondError('overloaded', `The owner of this machine needs it: ${reason}`, {
      reason: 'preempted',
    });
    for (const stop of this.running) stop.abort(error);
    return count;
  }

  /** Resolves when none runs. */
  async idle(): Promise<void> {
    while (this.running.size > 0) {
      await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
    }
  }
}
