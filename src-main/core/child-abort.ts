/**
 * A signal that aborts with its parent or by itself, for work that is done thousands of times a second:
 * `AbortSignal.any` keeps weak books of every signal, which costs more than the work. Whoever makes one
 * releases it when the work is over, or the parent holds on to it.
 */
export class ChildAbort {
  private readonly controller = new AbortController();
  private readonly parent: AbortSignal | undefined;
  private readonly follow = (): void => {
    this.controller.abort(this.parent?.reason);
  };

  constructor(parent: AbortSignal | undefined) {
    this.parent = parent;
    if (parent?.aborted === true) this.follow();
    else parent?.addEventListener('abort', this.follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  abort(reason: unknown): void {
    this.controller.abort(reason);
  }

  /** From now on the parent's end is not its own. */
  release(): void {
    this.parent?.removeEventListener('abort', this.follow);
  }
}
