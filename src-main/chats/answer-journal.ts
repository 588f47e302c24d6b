import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { explainFileError } from '../platform/file-error.ts';
import { appendPieces } from './answer-parts.ts';
import type { AnswerPart } from './conversation.ts';
import type { AnswerTokens } from './ports.ts';

const suffix = '.journal';

/** One published chunk event. */
export interface JournalEntry {
  readonly index: number;
  readonly parts: readonly AnswerPart[];
  /** Ids behind the parts; absent when the engine did not report all of them. */
  readonly tokens?: readonly number[];
}

/**
 * What an answer has shown so far, on disk: one line for each chunk event, written before the event
 * is published and never synced. The system keeps written pages when a process dies, so a killed
 * runtime loses nothing that anybody saw; only a power cut can cost the last moments.
 */
export class AnswerJournal {
  private readonly path: string;
  private readonly file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.file = file;
  }

  /** `digest` names the model whose tokens will come. */
  static async create(
    folder: string,
    answerId: string,
    digest: string | undefined,
  ): Promise<AnswerJournal> {
    const path = join(folder, `${answerId}${suffix}`);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = await open(path, 'w', 0o600);
      const journal = new AnswerJournal(path, file);
      await journal.write({ digest });
      return journal;
    } catch (error) {
      throw explainFileError(error, 'keep the answer in', path);
    }
  }

  /** Resolves when the entry would survive the end of this process. Call one at a time. */
  async append(entry: JournalEntry): Promise<void> {
    try {
      await this.write(entry);
    } catch (error) {
      throw explainFileError(error, 'keep the answer in', this.path);
    }
  }

  /** Closes the file and leaves it for the next start. */
  async close(): Promise<void> {
    await this.file.close();
  }

  private async write(line: object): Promise<void> {
    await this.file.appendFile(`${JSON.stringify(line)}\n`);
  }
}

export async function removeJournal(folder: string, answerId: string): Promise<void> {
  await rm(join(folder, `${answerId}${suffix}`), { force: true });
}

/** The answers that have a journal. */
export async function listJournals(folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
}

export interface JournalContent {
  readonly digest: string | undefined;
  readonly entries: readonly JournalEntry[];
}

/** Reads up to the first line that was not finished: what comes behind it was never shown. */
export async function readJournal(
  folder: string,
  answerId: string,
): Promise<JournalContent | undefined> {
  const text = await readFile(join(folder, `${answerId}${suffix}`), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const [header, ...lines] = text.split('\n').slice(0, -1);
  const entries: JournalEntry[] = [];
  for (const line of lines) {
    const entry = parseEntry(line);
    if (entry === undefined) break;
    entries.push(entry);
  }
  const digest = parseLine(header ?? '')?.['digest'];
  return { digest: typeof digest === 'string' ? digest : undefined, entries };
}

interface FoldedAnswer {
  readonly parts: AnswerPart[];
  readonly chunkCount: number;
  readonly tokens?: AnswerTokens | undefined;
}

/** Adds what the database does not have yet. Tokens stay only while they are complete. */
export function foldJournal(answer: FoldedAnswer, journal: JournalContent): FoldedAnswer {
  let { parts, chunkCount } = answer;
  let tokens = chunkCount === 0 ? [] : answer.tokens?.tokens;
  for (const entry of journal.entries) {
    if (entry.index < chunkCount) continue;
    parts = appendPieces(parts, entry.parts);
    chunkCount = entry.index + 1;
    tokens = tokens && entry.tokens && [...tokens, ...entry.tokens];
  }
  const digest = answer.tokens?.digest ?? journal.digest;
  if (tokens === undefined || digest === undefined || digest !== journal.digest) {
    return { parts, chunkCount };
  }
  return { parts, chunkCount, tokens: { digest, tokens } };
}

function parseEntry(line: string): JournalEntry | undefined {
  const value = parseLine(line);
  const { index, parts, tokens } = value ?? {};
  if (typeof index !== 'number' || !Array.isArray(parts) || !parts.every(isPart)) return undefined;
  return { index, parts, ...(isTokenList(tokens) && { tokens }) };
}

function parseLine(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // torn by the end of the process
  }
}

function isPart(value: unknown): value is AnswerPart {
  if (!isRecord(value)) return false;
  if (value['type'] === 'text' || value['type'] === 'reasoning') {
    return typeof value['text'] === 'string';
  }
  return value['type'] === 'tool-call' && typeof value['arguments'] === 'string';
}

function isTokenList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((token) => typeof token === 'number');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
