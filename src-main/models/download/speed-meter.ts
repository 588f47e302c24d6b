const windowMs = 5_000;
const bucketMs = 250;

/** How fast something comes, over the last five seconds. Times are monotonic milliseconds. */
export class SpeedMeter {
  private readonly buckets: { readonly at: number; bytes: number }[] = [];

  add(bytes: number, now: number): void {
    const last = this.buckets.at(-1);
    if (last !== undefined && now - last.at < bucketMs) last.bytes += bytes;
    else this.buckets.push({ at: now, bytes });
    this.forget(now);
  }

  /** Undefined while nothing arrives, and before there is enough to judge by. */
  bytesPerSecond(now: number): number | undefined {
    this.forget(now);
    const first = this.buckets[0];
    if (first === undefined || now - first.at < 2 * bucketMs) return undefined;
    const bytes = this.buckets.reduce((sum, bucket) => sum + bucket.bytes, 0);
    return Math.round((bytes / (now - first.at)) * 1000);
  }

  private forget(now: number): void {
    while (this.buckets[0] !== undefined && now - this.buckets[0].at > windowMs) {
      this.buckets.shift();
    }
  }
}
