import { join } from 'node:path';
import { pino } from 'pino';
import { explainFileError } from './file-error.ts';
import { formatLogLine } from './log-line.ts';
import { openRotatingFile } from './rotating-file.ts';

type LogFunction = (data: object, sentence: string) => void;

/**
 * First the data (with ids), then a fixed lower-case sentence. Never prompts, answers, keys or
 * tokens. `warn`: someone should look; `error`: we failed a promise.
 */
export interface Logger {
  readonly debug: LogFunction;
  readonly info: LogFunction;
  readonly warn: LogFunction;
  readonly error: LogFunction;
  child(bindings: { readonly component: string }): Logger;
}

interface LogOptions {
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Keeps a rotated `millpond.log` there; absent writes no file. */
  readonly folder?: string;
  /** Also receives each line as JSON, for example standard error. */
  readonly onLine?: (line: string) => void;
}

export interface Log {
  readonly logger: Logger;
  /** The newest lines in readable form, oldest first. */
  newestLines(count: number): readonly string[];
  /** Closes the file; lines that come later only stay in memory. */
  close(): void;
}

const keptLines = 2000;
const maxFileBytes = 5 * 1024 * 1024;
const secrets = [
  'authorization',
  'bearer',
  'cookie',
  'key',
  'apiKey',
  'password',
  'secret',
  'token',
];

/** Opens the program's log: a ring of the newest lines in memory and, if asked for, a file. */
export function createLog(options: LogOptions = {}): Log {
  const ring: string[] = [];
  const { folder } = options;
  const file =
    folder === undefined
      ? undefined
      : openRotatingFile({
          path: join(folder, 'millpond.log'),
          maxBytes: maxFileBytes,
          onFailure: (error) =>
            options.onLine?.(`${explainFileError(error, 'write its log to', folder).message}\n`),
        });
  const logger = pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '…' },
    },
    {
      write(line: string) {
        ring.push(line);
        if (ring.length > keptLines) ring.shift();
        file?.write(line);
        options.onLine?.(line);
      },
    },
  );
  return {
    logger,
    newestLines: (count) => ring.slice(-count).map(formatLogLine),
    close: () => file?.close(),
  };
}

/** A logger that says nothing, for code that is used without a log. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};
