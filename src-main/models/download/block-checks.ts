import type { GrowingFile } from '../hashing/file-hasher.ts';
import type { PartFile } from './part-file.ts';

/** Gives every full block of a part file its check, and the digest of the whole its bytes. */
export class BlockChecks {
  private readonly part: PartFile;
  private readonly growing: GrowingFile;
  private readonly onFailed: (error: unknown) => void;
  private readonly underWay = new Set<Promise<void>>();

  constructor(part: PartFile, growing: GrowingFile, onFailed: (error: unknown) => void) {
    this.part = part;
    this.growing = growing;
    this.onFailed = onFailed;
  }

  /** Blocks from an earlier run: part of the digest, and checked where that was not done. */
  addPresent(): void {
    const { map } = this.part;
    for (let block = 0; block < map.count; block += 1) {
      if (!map.isFull(block)) {
        if (map.receivedOf(block) > 0) map.markSuspect(block);
        continue;
      }
      const { start, end } = map.spanOf(block);
      if (map.checkOf(block) === undefined) this.add(block);
      else this.growing.add(start, end);
    }
  }

  /** A block that has just become full. */
  add(block: number): void {
    const { start, end } = this.part.map.spanOf(block);
    const checked: Promise<void> = this.growing
      .addChecked(start, end)
      .then((check) => this.part.recordFull(block, check))
      .catch(this.onFailed)
      .finally(() => this.underWay.delete(checked));
    this.underWay.add(checked);
  }

  /** Resolves when every check so far is kept or has failed. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
  }
}
