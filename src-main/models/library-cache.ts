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

const modelFile = z.object({
  format: z.enum(['gguf', 'mlx']),
  path: z.string(),
  parts: z.array(z.string()),
  segments: z.array(z.string()),
  sizeBytes: z.number(),
  modifiedMs: z.number(),
  missingParts: z.number(),
  missingBytes: z.number(),
  identity: z.string(),
  projectorPath: z.string().exactOptional(),
});

const content = z.object({ files: z.array(modelFile), isMountPoint: z.boolean() });

/** What a folder outside our own held when it was last there. */
export interface FolderContent {
  readonly files: readonly ModelFile[];
  /** It was a disk of its own: empty and on its parent's disk, it is not the same folder. */
  readonly isMountPoint: boolean;
}

/** Raised when facts are read differently than before, so that old ones are forgotten. */
const cacheVersion = 2;
const cacheSchema = z.object({
  version: z.literal(cacheVersion),
  files: z.record(z.string(), knowledge),
  folders: z.record(z.string(), content),
});

/** Remembers digests and facts of model files over restarts. Losing it costs time, never truth. */
export class LibraryCache {
  private readonly path: string;
  private files = new Map<string, FileKnowledge>();
  private folders = new Map<string, FolderContent>();

  constructor(path: string) {
    this.path = path;
  }

  async open(): Promise<void> {
    try {
      const parsed = cacheSchema.safeParse(JSON.parse(await readFile(this.path, 'utf8')));
      if (!parsed.success) return;
      this.files = new Map(Object.entries(parsed.data.files));
      this.folders = new Map(Object.entries(parsed.data.folders));
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

  /** What this folder, or the folder of this linked file, held when it was last there. */
  remembered(folder: string): FolderContent | undefined {
    return this.folders.get(folder);
  }

  remember(folder: string, seen: FolderContent): void {
    this.folders.set(folder, seen);
  }

  /** Forgets the content of all other folders. */
  keepFolders(folders: readonly string[]): void {
    for (const folder of this.folders.keys()) {
      if (!folders.includes(folder)) this.folders.delete(folder);
    }
  }

  async save(): Promise<void> {
    const sound = this.files.entries().filter(([, known]) => known.problem === undefined);
    const files = Object.fromEntries(sound);
    const folders = Object.fromEntries(this.folders);
    await writeFileAtomic(this.path, JSON.stringify({ version: cacheVersion, files, folders }));
  }
}
