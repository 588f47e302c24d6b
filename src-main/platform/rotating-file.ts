import { mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino } from 'pino';

interface RotatingFileOptions {
  readonly path: string;
  /** A file that has grown beyond this is set aside as `path.1`. */
  readonly maxBytes: number;
  /** Told once when the file can no longer be written; logging to it then stops. */
  readonly onFailure: (error: Error) => void;
}

export interface RotatingFile {
  write(line: string): void;
  /** Writes what is still buffered. */
  close(): void;
}

/** An appended file that never takes more than about twice `maxBytes`. Writes leave the event loop free. */
export function openRotatingFile(options: RotatingFileOptions): RotatingFile {
  const { path, maxBytes } = options;
  mkdirSync(dirname(path), { recursive: true });
  let sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let isBroken = false;
  const file = pino.destination({ dest: path, append: true, sync: false, mode: 0o600 });
  const giveUp = (error: Error): void => {
    if (isBroken) return;
    isBroken = true;
    options.onFailure(error);
  };
  file.on('error', giveUp);

  function rotate(): void {
    try {
      file.flushSync();
      renameSync(path, `${path}.1`);
      file.reopen();
      sizeBytes = 0;
    } catch (error) {
      giveUp(error instanceof Error ? error : new Error('the log file cannot be rotated'));
    }
  }

  return {
    write(line) {
      if (isBroken) return;
      if (sizeBytes > maxBytes) rotate();
      sizeBytes += Buffer.byteLength(line);
      file.write(line);
    },
    close() {
      if (isBroken) return;
      try {
        file.flushSync();
      } catch (error) {
        giveUp(error instanceof Error ? error : new Error('the log file cannot be flushed'));
      }
      file.end();
    },
  };
}
