import { basename } from 'node:path';
import { z } from 'zod';
import type { ModelOrigin } from '../core/model.ts';
import type { HubFileAddress } from './hub/hub-repo.ts';
import { JsonFile } from './json-file.ts';
import type { ModelFile } from './model-files.ts';
import type { LibraryLog } from './ports.ts';
import { isProjector } from './projector.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const fileSchema = z.object({
  /** Where it was put. */
  path: z.string(),
  /** Inside the repository. */
  repoPath: z.string(),
  sizeBytes: z.number(),
  sha256: sha256.exactOptional(),
  blocks: z.object({ sizeBytes: z.int().positive(), checks: z.array(z.string()) }).exactOptional(),
});
const recordSchema = z.object({
  repo: z.string(),
  commit: z.string(),
  endpoint: z.string(),
  licence: z.string().exactOptional(),
  files: z.array(fileSchema),
  /** SHA-256 over the weights in order; finds them again under other names. */
  digest: sha256.exactOptional(),
});
const documentSchema = z.object({ version: z.literal(1), records: z.array(recordSchema) });

/** What is known about one fetched file. Block checks are those of `ContentHasher.blocks`. */
export type OriginFile = z.infer<typeof fileSchema>;
/** Everything that was fetched together. */
export type OriginRecord = z.infer<typeof recordSchema>;

/** What one file of a model should be, and where the right bytes are. */
export interface ExpectedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256?: string;
  readonly blocks?: OriginFile['blocks'];
  readonly address: HubFileAddress;
}

/** Remembers where files came from and what they should be. Outlives renames and unplugged disks. */
export class Origins {
  private readonly file: JsonFile<z.infer<typeof documentSchema>>;
  private records: readonly OriginRecord[] = [];

  constructor(path: string, logger: LibraryLog) {
    this.file = new JsonFile(path, documentSchema, logger);
  }

  async open(): Promise<void> {
    this.records = (await this.file.read())?.records ?? [];
  }

  /** Replaces what was known about the same paths. */
  async record(fetched: OriginRecord): Promise<void> {
    const paths = new Set(ownPathsOf(fetched));
    const isOther = (record: OriginRecord): boolean =>
      !ownPathsOf(record).some((one) => paths.has(one));
    await this.save([...this.records.filter(isOther), withDigest(fetched)]);
  }

  /** What was fetched as this model: by its paths, else by its digest. */
  of(file: ModelFile, digest: string | undefined): OriginRecord | undefined {
    const byPath = this.records.find((record) => isAt(record, file));
    if (byPath !== undefined || digest === undefined) return byPath;
    return this.records.find((record) => record.digest === digest);
  }

  /** Remembers the digest of what lies where it was put, so that it is known under another name. */
  async learnDigest(file: ModelFile, digest: string): Promise<void> {
    const record = this.of(file, undefined);
    if (record === undefined || record.digest !== undefined) return;
    await this.save(this.records.map((one) => (one === record ? { ...one, digest } : one)));
  }

  /** What each part of the model should be; undefined for a part that nothing is known about. */
  expected(record: OriginRecord, file: ModelFile): readonly (ExpectedFile | undefined)[] {
    const fetched = weightsOf(record, file);
    return file.parts.map((path, place) => {
      // Names may have changed, the order of parts has not.
      const known = record.files.find((one) => one.path === path) ?? fetched[place];
      if (known === undefined) return undefined;
      const { sizeBytes, sha256: sha, blocks, repoPath } = known;
      const address = { repo: record.repo, commit: record.commit, path: repoPath };
      return {
        ...{ path, sizeBytes, address },
        ...(sha !== undefined && { sha256: sha }),
        ...(blocks !== undefined && { blocks }),
      };
    });
  }

  /** Forgets what was fetched as this model. */
  async forget(record: OriginRecord): Promise<void> {
    await this.save(this.records.filter((one) => one !== record));
  }

  private async save(records: readonly OriginRecord[]): Promise<void> {
    this.records = records;
    await this.file.write({ version: 1, records: [...records] });
  }
}

/** Without the projector, which several quantizations share. */
function ownPathsOf({ files }: OriginRecord): readonly string[] {
  return files.filter(({ repoPath }) => !isProjector(basename(repoPath))).map(({ path }) => path);
}

/** For everybody else. */
export function originOf({ repo, commit, endpoint, licence }: OriginRecord): ModelOrigin {
  return { repo, commit, endpoint, ...(licence !== undefined && { licence }) };
}

function isAt({ files }: OriginRecord, { parts, sizeBytes, format }: ModelFile): boolean {
  const known = files.filter(({ path }) => parts.includes(path));
  const isWhole = known.length > 0 && known.length === parts.length;
  // Something else may have been put in its place; a folder holds small files besides.
  const size = known.reduce((sum, one) => sum + one.sizeBytes, 0);
  return isWhole && (format === 'mlx' ? size <= sizeBytes : size === sizeBytes);
}

function weightsOf(record: OriginRecord, { format }: Pick<ModelFile, 'format'>) {
  const extension = format === 'mlx' ? /\.safetensors$/i : /\.gguf$/i;
  const weights = record.files.filter(
    ({ repoPath }) => extension.test(repoPath) && !isProjector(basename(repoPath)),
  );
  return weights.toSorted((a, b) => (a.repoPath < b.repoPath ? -1 : 1));
}

/** The digest of a single file is the hub's. */
function withDigest(record: OriginRecord): OriginRecord {
  if (record.digest !== undefined) return record;
  const isGguf = record.files.some(({ repoPath }) => /\.gguf$/i.test(repoPath));
  const weights = weightsOf(record, { format: isGguf ? 'gguf' : 'mlx' });
  const sha = weights.length === 1 ? weights[0]?.sha256 : undefined;
  return sha === undefined ? record : { ...record, digest: sha };
}
