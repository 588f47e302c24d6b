interface SpanWriterOptions {
  readonly write: (buffers: readonly Uint8Array[], position: number) => Promise<void>;
  readonly flushBytes: number;
  /** These bytes are in the file now, half-open. */
  readonly onWritten: (start: number, end: number) => void;
}

/**
 * Gathers small arrivals into larger writes. At most two lots are in memory: one being written, one
 * being gathered.
 */
export class SpanWriter {
  private readonly options: SpanWriterOptions;
  private gathered: Uint8Array[] = [];
  private gatheredBytes = 0;
  private position = 0;
  private writing: Promise<void> | undefined;

  constructor(options: SpanWriterOptions) {
    this.options = options;
  }

  /** Returns a promise when the source has to wait; it rejects when a write failed. */
  push(position: number, bytes: Uint8Array): Promise<void> | undefined {
    const end = this.position + this.gatheredBytes;
    if (this.gatheredBytes > 0 && position !== end) return this.pushElsewhere(position, bytes);
    if (this.gatheredBytes === 0) this.position = position;
    this.gathered.push(bytes);
    this.gatheredBytes += bytes.length;
    if (this.gatheredBytes < this.options.flushBytes) return undefined;
    if (this.writing !== undefined) return this.writing.then(() => this.begin());
    this.begin();
    return undefined;
  }

  /** Resolves when everything is written. */
  async flush(): Promise<void> {
    await this.writing;
    this.begin();
    await this.writing;
  }

  private async pushElsewhere(position: number, bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.push(position, bytes);
  }

  private begin(): void {
    if (this.gatheredBytes === 0) return;
    const { gathered, gatheredBytes, position } = this;
    this.gathered = [];
    this.gatheredBytes = 0;
    const writing = this.options.write(gathered, position).then(() => {
      this.writing = undefined;
      this.options.onWritten(position, position + gatheredBytes);
    });
    // Told by the next push or flush.
    writing.catch(() => {});
    this.writing = writing;
  }
}
