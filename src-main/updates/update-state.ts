import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type ErrorCode, errorTable } from '../core/error.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';

const errorCode = z.custom<ErrorCode>(
  (value) => typeof value === 'string' && Object.hasOwn(errorTable, value),
);

const updateState = z.object({
  version: z.literal(1),
  /** The newest feed ever seen: an older one is not believed. */
  newestSerial: z.int().min(0),
  lastCheckedAt: z.number().exactOptional(),
  /** The version that *Later* was said to. */
  putOff: z.string().exactOptional(),
  failure: z
    .object({
      version: z.string(),
      at: z.number(),
      step: z.enum(['download', 'unpack', 'trial', 'switch', 'back']),
      error: z.object({
        code: errorCode,
        message: z.string(),
        reason: z.string().exactOptional(),
      }),
      output: z.array(z.string()),
    })
    .exactOptional(),
  /** What *Go back* brings. */
  earlier: z
    .object({
      version: z.string(),
      replacedAt: z.number(),
      /** The data of then, as one file. */
      backup: z.string(),
      /** The version itself; absent where the system's package manager has to bring it. */
      program: z.string().exactOptional(),
    })
    .exactOptional(),
  /** What was written since the update, put aside by the way back: a folder that `restore` takes. */
  setAside: z.object({ version: z.string(), folder: z.string(), at: z.number() }).exactOptional(),
  /** Somebody else replaces the program: the next start tells whether it happened. */
  awaited: z
    .object({
      kind: z.enum(['update', 'back']),
      from: z.string(),
      to: z.string(),
      backup: z.string(),
      /** What an administrator has to enter; absent where we started the installer ourselves. */
      command: z.string().exactOptional(),
    })
    .exactOptional(),
});

/** What is remembered about updates between starts. */
export type UpdateState = z.infer<typeof updateState>;

const nothingYet: UpdateState = { version: 1, newestSerial: 0 };

/** Keeps it in one file, replaced as a whole. */
export class UpdateStateFile {
  private readonly path: string;
  private state: UpdateState;
  private turn: Promise<void> = Promise.resolve();

  /** A file that makes no sense counts as none: the next look brings all of it back but the way back. */
  constructor(path: string) {
    this.path = path;
    this.state = read(path);
  }

  get current(): UpdateState {
    return this.state;
  }

  /** Changes by name; undefined takes a field away. Rejects with one sentence when the disk refuses. */
  async change(change: { readonly [K in keyof UpdateState]?: UpdateState[K] | undefined }) {
    const merged = Object.entries({ ...this.state, ...change }).filter(
      ([, value]) => value !== undefined,
    );
    this.state = updateState.parse(Object.fromEntries(merged));
    const text = JSON.stringify(this.state, undefined, 2);
    this.turn = this.turn.catch(() => undefined).then(() => this.write(`${text}\n`));
    await this.turn;
  }

  private async write(text: string): Promise<void> {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    await writeFileAtomic(this.path, text);
  }
}

function read(path: string): UpdateState {
  try {
    return updateState.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return nothingYet; // None yet, or damaged: see the class.
  }
}
