type Deed = () => void;

interface Entry {
  readonly at: number;
  /** Deeds of one moment happen in the order in which they were added. */
  readonly order: number;
  readonly deed: Deed;
}

/** What is going to happen, soonest first: a binary heap. */
export class Agenda {
  private readonly entries: Entry[] = [];
  private added = 0;

  add(at: number, deed: Deed): void {
    this.entries.push({ at, order: this.added, deed });
    this.added += 1;
    this.rise(this.entries.length - 1);
  }

  /** When the next deed is due; infinite when there is none. */
  nextAt(): number {
    return this.entries[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Removes the next deed. Throws when there is none. */
  take(): Deed {
    const first = this.entries[0];
    const last = this.entries.pop();
    if (first === undefined || last === undefined)
      throw new RangeError('Nothing is going to happen');
    if (first !== last) {
      this.entries[0] = last;
      this.sink(0);
    }
    return first.deed;
  }

  private rise(index: number): void {
    const parent = (index - 1) >> 1;
    if (index === 0 || !this.isBefore(index, parent)) return;
    this.swap(index, parent);
    this.rise(parent);
  }

  private sink(index: number): void {
    const [left, right] = [2 * index + 1, 2 * index + 2];
    let first = index;
    if (this.isBefore(left, first)) first = left;
    if (this.isBefore(right, first)) first = right;
    if (first === index) return;
    this.swap(index, first);
    this.sink(first);
  }

  private isBefore(a: number, b: number): boolean {
    const [one, other] = [this.entries[a], this.entries[b]];
    if (one === undefined || other === undefined) return false;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  private swap(a: number, b: number): void {
    const [one, other] = [this.entries[a], this.entries[b]];
    if (one === undefined || other === undefined) return;
    this.entries[a] = other;
    this.entries[b] = one;
  }
}
