import type { CliDependencies } from './ports.ts';

export interface OutputOptions {
  readonly json?: boolean;
  readonly plain?: boolean;
}

const escape = '\u001b[';

/** What a verb prints: facts on stdout, progress and remarks on stderr, JSON when asked for. */
export class Output {
  readonly isJson: boolean;
  private readonly streams: Pick<CliDependencies, 'stdout' | 'stderr'>;
  private readonly isRich: boolean;
  private hasProgressLine = false;

  constructor(streams: Pick<CliDependencies, 'stdout' | 'stderr'>, options: OutputOptions) {
    this.streams = streams;
    this.isJson = options.json ?? false;
    this.isRich = streams.stderr.isTTY && !options.plain && !this.isJson;
  }

  json(value: unknown): void {
    this.write(`${JSON.stringify(value)}\n`);
  }

  line(text = ''): void {
    this.write(`${harmless(text)}\n`);
  }

  write(text: string): void {
    this.streams.stdout.write(text);
  }

  /** Something a person should know that is not the result. */
  remark(text: string): void {
    if (this.isJson) return;
    this.clearProgress();
    this.streams.stderr.write(`${harmless(text)}\n`);
  }

  /** Why a verb failed. */
  failure(text: string): void {
    this.clearProgress();
    this.streams.stderr.write(`${harmless(text)}\n`);
  }

  /** Dimmed text beside the answer, such as a model's reasoning. */
  aside(text: string): void {
    if (this.isJson) return;
    this.streams.stderr.write(this.isRich ? `${escape}2m${text}${escape}0m` : text);
  }

  /** Redraws one line; silent where stderr is not a terminal. `share` is 0 to 1. */
  progress(label: string, share: number): void {
    if (!this.isRich) return;
    const width = 24;
    const filled = Math.round(share * width);
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    this.streams.stderr.write(
      `\r${escape}2K${harmless(label)} ${bar} ${String(Math.round(share * 100))} %`,
    );
    this.hasProgressLine = true;
  }

  clearProgress(): void {
    if (this.hasProgressLine) this.streams.stderr.write(`\r${escape}2K`);
    this.hasProgressLine = false;
  }

  /** Columns padded to their widest cell; the first row is the head. */
  table(rows: readonly (readonly string[])[]): void {
    const widths = (rows[0] ?? []).map((_, column) =>
      Math.max(...rows.map((row) => (row[column] ?? '').length)),
    );
    for (const row of rows) {
      this.line(
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
      );
    }
  }
}

/** Names and sentences come from hubs and servers too: none of them may steer the terminal. */
function harmless(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** The size of a file, in powers of ten as disks and downloads are sold: `3.56 MB`. */
export function formatBytes(bytes: number): string {
  return formatSize(bytes, 1000);
}

/** An amount of memory, in powers of two as it is sold and as systems show it: 16 GiB is `16.0 GB`. */
export function formatMemory(bytes: number): string {
  return formatSize(bytes, 1024);
}

function formatSize(bytes: number, step: 1000 | 1024): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let power = 0;
  // 999.6 MB would round to "1.00e+3 MB".
  while (value >= 999.5 && power < units.length - 1) {
    value /= step;
    power += 1;
  }
  return `${power === 0 ? String(value) : value.toPrecision(3)} ${units[power] ?? 'B'}`;
}
