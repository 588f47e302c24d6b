import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

interface RotatingFileOptions {
  readonly path: string;
  /** A file that has grown beyond this is set aside as `path.1`. */
  readonly maxBytes: number;
  /** Told once when the file can no longer be written; logging to it then stops. */
  readonly onFailure: (error: unknown) => void;
}

export interface RotatingFile {
  write(line: string): void;
  close(): void;
}

/**
 * An appended file that never takes more than about twice `maxBytes`. Each line is written at once,
 * so that the last one before a crash is there to be read; it is meant for a log of few lines.
 */
export function openRotatingFile({ path, maxBytes, onFailure }: RotatingFileOptions): RotatingFile {
  let descriptor: number | undefined;
  let sizeBytes = 0;

  function attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      descriptor = undefined;
      onFailure(error);
    }
  }

  function open(): void {
    descriptor = openSync(path, 'a', 0o600);
    sizeBytes = statSync(path).size;
  }

  function rotate(openFile: number): void {
    closeSync(openFile);
    renameSync(path, `${path}.1`);
    open();
  }

  attempt(() => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    open();
  });

  return {
    write(line) {
      if (descriptor === undefined) return;
      attempt(() => {
        if (descriptor !== undefined && sizeBytes > maxBytes) rotate(descriptor);
        if (descriptor !== undefined) sizeBytes += writeSync(descriptor, line);
      });
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
