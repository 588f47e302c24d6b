/**
 * Remembers which generated ids stand behind which text, by position in the whole output. An id
 * belongs to the first event that delivers a part of its text: whoever holds that event has seen
 * the id, and a replay of it reproduces the part that was still held back.
 */
export class TokenLedger {
  private readonly waiting: { readonly id: number; readonly start: number }[] = [];
  private head = 0;

  /** These ids wrote the text that begins at `start`. */
  add(ids: readonly number[], start: number): void {
    for (const id of ids) this.waiting.push({ id, start });
  }

  /** Removes and returns, in order, the ids of the text before position `end`. */
  takeBefore(end: number): number[] {
    const first = this.head;
    for (let entry = this.waiting[this.head]; entry !== undefined && entry.start < end;) {
      this.head += 1;
      entry = this.waiting[this.head];
    }
    const ids = this.waiting.slice(first, this.head).map((entry) => entry.id);
    if (this.head === this.waiting.length) {
      this.waiting.length = 0;
      this.head = 0;
    }
    return ids;
  }

  takeAll(): number[] {
    return this.takeBefore(Infinity);
  }
}
