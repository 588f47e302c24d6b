import type { Readable } from 'node:stream';

const keptLines = 200;
const maxLineLength = 2000;

/** Keeps the newest lines of a child's output, so that its death can be explained. */
export class OutputTail {
  private readonly kept: string[] = [];
  private readonly onLine: ((line: string) => void) | undefined;

  /** `onLine` sees every line that is kept. */
  constructor(onLine?: (line: string) => void) {
    this.onLine = onLine;
  }

  /** Reads a stream to its end; an absent stream (output not captured) is fine. */
  follow(stream: Readable | null): void {
    if (stream === null) return;
    let partial = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (partial + text).split(/\r?\n/);
      partial = (lines.pop() ?? '').slice(-maxLineLength);
      for (const line of lines) this.add(line);
    });
    stream.on('end', () => {
      this.add(partial);
      partial = '';
    });
    // A broken pipe only means that the child is gone; its exit is reported elsewhere.
    stream.on('error', () => {});
  }

  /** Oldest first. */
  lines(): readonly string[] {
    return [...this.kept];
  }

  /** Takes one line; blank ones are skipped, long ones cut. */
  add(line: string): void {
    if (line.trim() === '') return;
    this.kept.push(line.slice(0, maxLineLength));
    if (this.kept.length > keptLines) this.kept.shift();
    this.onLine?.(line);
  }
}
