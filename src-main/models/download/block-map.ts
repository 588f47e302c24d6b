/** Bytes of the file that one range asks for, half-open. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Block {
  /** Bytes from its beginning that are in the file. */
  received: number;
  /** Set once its content was read back. */
  check: string | undefined;
  /** A range is fetching it. */
  isTaken: boolean;
  /** It was put together from several answers, which is where damage comes from. */
  isSuspect: boolean;
}

/** Which bytes of a file have arrived. Each block fills from its beginning. */
export class BlockMap {
  readonly sizeBytes: number;
  readonly blockBytes: number;
  private readonly blocks: Block[];
  private readonly begun = new Set<number>();
  private receivedBytes = 0;

  constructor(sizeBytes: number, blockBytes: number) {
    this.sizeBytes = sizeBytes;
    this.blockBytes = blockBytes;
    const count = Math.ceil(sizeBytes / blockBytes);
    this.blocks = Array.from({ length: count }, () => ({
      received: 0,
      check: undefined,
      isTaken: false,
      isSuspect: false,
    }));
  }

  get count(): number {
    return this.blocks.length;
  }

  get doneBytes(): number {
    return this.receivedBytes;
  }

  get isComplete(): boolean {
    return this.receivedBytes === this.sizeBytes;
  }

  /** Where a block lies in the file. */
  spanOf(index: number): Span {
    const start = index * this.blockBytes;
    return { start, end: Math.min(this.sizeBytes, start + this.blockBytes) };
  }

  isFull(index: number): boolean {
    const { start, end } = this.spanOf(index);
    return this.receivedOf(index) === end - start;
  }

  receivedOf(index: number): number {
    return this.blocks[index]?.received ?? 0;
  }

  checkOf(index: number): string | undefined {
    return this.blocks[index]?.check;
  }

  /** Blocks that have begun and were not checked yet: what a journal has to tell. */
  get unchecked(): Iterable<number> {
    return this.begun;
  }

  setCheck(index: number, check: string): void {
    const block = this.blocks[index];
    if (block === undefined) return;
    block.check = check;
    this.begun.delete(index);
  }

  setReceived(index: number, received: number): void {
    const block = this.blocks[index];
    if (block === undefined) return;
    this.receivedBytes += received - block.received;
    block.received = received;
    if (!this.isFull(index)) block.check = undefined;
    if (received > 0 && block.check === undefined) this.begun.add(index);
    else this.begun.delete(index);
  }

  markSuspect(index: number): void {
    const block = this.blocks[index];
    if (block !== undefined) block.isSuspect = true;
  }

  /** Every block, the likelier damaged ones first. */
  bySuspicion(): readonly number[] {
    const indexes = [...this.blocks.keys()];
    const rank = (index: number): number => (this.blocks[index]?.isSuspect === true ? 0 : 1);
    return indexes.toSorted((a, b) => rank(a) - rank(b) || a - b);
  }

  /** Takes the first missing bytes that nobody fetches, at most so many blocks in a row. */
  claim(mostBlocks: number): Span | undefined {
    const first = this.blocks.findIndex((block, index) => !block.isTaken && !this.isFull(index));
    if (first < 0) return undefined;
    let last = first;
    while (last + 1 < first + mostBlocks && this.isUntouched(last + 1)) last += 1;
    for (const block of this.blocks.slice(first, last + 1)) block.isTaken = true;
    const start = this.spanOf(first).start + this.receivedOf(first);
    return { start, end: this.spanOf(last).end };
  }

  /** Gives back what is left of a claim. */
  release({ start, end }: Span): void {
    for (let index = this.indexAt(start); index < Math.ceil(end / this.blockBytes); index += 1) {
      const block = this.blocks[index];
      if (block !== undefined) block.isTaken = false;
    }
  }

  /** How many blocks are neither there nor being fetched. */
  get waitingBlocks(): number {
    return this.blocks.filter((block, index) => !block.isTaken && !this.isFull(index)).length;
  }

  /** Says that these bytes are in the file; returns the blocks that became full. */
  advance(start: number, end: number): readonly number[] {
    const full: number[] = [];
    for (let position = start; position < end;) {
      const index = this.indexAt(position);
      const block = this.spanOf(index);
      const until = Math.min(end, block.end);
      this.setReceived(index, until - block.start);
      if (until === block.end) full.push(index);
      position = until;
    }
    return full;
  }

  /** The next bytes from `position` on that are missing, as far as the block they lie in. */
  missingFrom(position: number): Span | undefined {
    for (let index = this.indexAt(position); index < this.blocks.length; index += 1) {
      const block = this.spanOf(index);
      const start = block.start + this.receivedOf(index);
      if (start < block.end) return { start, end: block.end };
    }
    return undefined;
  }

  indexAt(position: number): number {
    return Math.floor(position / this.blockBytes);
  }

  private isUntouched(index: number): boolean {
    const block = this.blocks[index];
    return block !== undefined && !block.isTaken && block.received === 0;
  }
}
