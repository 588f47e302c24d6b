import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import type { ModelFile } from './model-files.ts';

const capability = z.boolean();
const facts = z.object({
  architecture: z.string(),
  displayName: z.string().exactOptional(),
  quantization: z.string().exactOptional(),
  parameterCount: z.number().exactOptional(),
  trainedContextLength: z.number(),
  capabilities: z.object({
    chat: capability,
    completion: capability,
    embedding: capability,
    rerank: capability,
    tools: capability,
    reasoning: capability,
    vision: capability,
    continuation: capability,
  }),
});

const knowledge = z.object({
  sizeBytes: z.number(),
  modifiedMs: z.number(),
  digest: z.string().exactOptional(),
  facts: facts.exactOptional(),
});

/** What was learnt about one file. True only while its size and time are the same. */
export interface FileKnowledge extends z.infer<typeof knowledge> {
  /** Not kept over a restart: a newer Millpond may be able to read the file. */
  readonly problem?: string;
}

/** Raised when facts are read differently than before, so that old ones are forgotten. */
const cacheVersion = 1;
const cacheSchema = z.object({
  version: z.literal(cacheVersion),
  files: z.record(z.string(), knowledge),
});

/** Remembers digests and facts of model files over restarts. Losing it costs time, never truth. */
export class LibraryCache {
  private readonly path: string;
  private files = new Map<string, FileKnowledge>();

  constructor(path: string) {
    this.path = path;
  }

  async open(): Promise<void> {
    try {
      const parsed = cacheSchema.safeParse(JSON.parse(await readFile(this.path, 'utf8')));
      if (parsed.success) this.files = new Map(Object.entries(parsed.data.files));
    } catch {
      // Missing or damaged: everything is simply learnt again.
    }
  }

  /** Undefined when nothing is known about the file as it is now. */
  about(file: ModelFile): FileKnowledge | undefined {
    const known = this.files.get(file.path);
    const isSame = known?.sizeBytes === file.sizeBytes && known.modifiedMs === file.modifiedMs;
    return isSame ? known : undefined;
  }

  learn(file: ModelFile, news: Pick<FileKnowledge, 'digest' | 'facts' | 'problem'>): void {
    const { sizeBytes, modifiedMs } = file;
    this.files.set(file.path, { ...this.about(file), ...news, sizeBytes, modifiedMs });
  }

  /** Forgets files that are gone. */
  keepOnly(files: readonly ModelFile[]): void {
    const present = new Set(files.map(({ path }) => path));
    for (const path of this.files.keys()) if (!present.has(path)) this.files.delete(path);
  }

  async save(): Promise<void> {
    const sound = this.files.entries().filter(([, known]) => known.problem === undefined);
    const content = { version: cacheVersion, files: Object.fromEntries(sound) };
    await writeFileAtomic(this.path, JSON.stringify(content));
  }
}
