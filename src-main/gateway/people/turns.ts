/** Changes of the same things, one after the other: each begins with what the one before has left. */
export class Turns {
  private before: Promise<unknown> = Promise.resolve();

  /** A change that fails keeps nobody else waiting. One inside another would wait for itself. */
  take<Result>(change: () => Promise<Result>): Promise<Result> {
    const done = this.before.then(change);
    this.before = done.catch(() => undefined);
    return done;
  }
}
