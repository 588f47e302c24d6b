import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { MillpondError } from '../../core/error.ts';
import { explainFileError, fileErrorCode } from '../../platform/file-error.ts';
import type { HubFileAddress } from '../hub/hub-repo.ts';
import { repairBlocks, type RepairResult } from './block-repair.ts';
import type { DownloadFile, FinishedFile } from './download.ts';
import { FileSource } from './file-source.ts';
import { FileTransfer } from './file-transfer.ts';
import { inTheWay, PartFile } from './part-file.ts';
import type { PartIdentity } from './part-journal.ts';
import { FileChanged } from './passing-failure.ts';
import { readRange } from './read-range.ts';
import type { TransferEnvironment } from './transfer-environment.ts';

/** A file that is replaced again and again is nobody's download. */
const mostRestarts = 5;

interface FileDownloadOptions {
  readonly address: HubFileAddress;
  readonly file: DownloadFile;
  /** Where it ends up: an absolute path. */
  readonly target: string;
  readonly environment: TransferEnvironment;
  readonly onArrived: (bytes: number) => void;
}

/** What a part file of this download has to be about. */
export function identityOf(
  address: HubFileAddress,
  file: DownloadFile,
  blockBytes: number,
): PartIdentity {
  const content = file.sha256 ?? `${address.repo}@${address.commit}/${address.path}`;
  return { sizeBytes: file.sizeBytes, blockBytes, content };
}

/** One file from the hub to its place: fetched, proved, repaired if need be, and only then there. */
export class FileDownload {
  private readonly options: FileDownloadOptions;
  private part: PartFile | undefined;
  private source: FileSource | undefined;
  private verifying = false;
  private repaired = 0;

  constructor(options: FileDownloadOptions) {
    this.options = options;
  }

  get doneBytes(): number {
    return this.part?.map.doneBytes ?? 0;
  }

  get isVerifying(): boolean {
    return this.verifying;
  }

  /** Bytes that had arrived damaged and were fetched again. */
  get repairedBytes(): number {
    return this.repaired;
  }

  /** The host that is asked; undefined before the first answer. */
  get endpoint(): string | undefined {
    return this.source?.endpoint;
  }

  /** Rejects with one sentence; what has arrived stays for the next time. */
  async run(signal: AbortSignal): Promise<FinishedFile> {
    const existing = await this.takeExisting(signal);
    if (existing !== undefined) return existing;
    for (let restarts = 0; ; restarts += 1) {
      const part = await this.openPart();
      try {
        return await this.complete(part, signal);
      } catch (error) {
        const isOther = error instanceof FileChanged;
        if (!isOther || restarts >= mostRestarts) throw isOther ? this.unsteady() : error;
        const { path } = this.options.address;
        this.options.environment.log.warn({ path }, 'file was replaced at the hub, starting over');
        await part.discard();
      } finally {
        await part.close();
        this.verifying = false;
      }
    }
  }

  private async openPart(): Promise<PartFile> {
    const { address, environment, file, target } = this.options;
    const identity = identityOf(address, file, environment.tuning.blockBytes);
    this.part = await PartFile.open(target, identity, environment.hasher);
    const { sizeBytes, sha256 } = file;
    this.source ??= new FileSource(environment, { address, sizeBytes, sha256 }, this.part.etag);
    return this.part;
  }

  private async complete(part: PartFile, signal: AbortSignal): Promise<FinishedFile> {
    const { environment, file, onArrived, target } = this.options;
    const source = this.source;
    if (source === undefined) throw new Error('a part file was opened without its source');
    const growing = environment.hasher.grow(part.path, file.sizeBytes);
    try {
      const name = basename(target);
      const transfer = new FileTransfer({ name, part, source, growing, environment, onArrived });
      await transfer.run(signal);
      this.verifying = true;
      let sha256 = await growing.digest;
      if (!(await this.isRight(part.path, sha256, signal))) {
        if (!transfer.canFetchParts) throw this.startOver(file.sizeBytes);
        sha256 = await this.repair(part, source, signal);
      }
      signal.throwIfAborted();
      const finished = this.describe(part, sha256);
      await part.moveIntoPlace();
      return finished;
    } finally {
      growing.close();
    }
  }

  /** Damage cannot be found piece by piece where the server only gives the whole. */
  private startOver(bytes: number): FileChanged {
    this.repaired += bytes;
    return new FileChanged('');
  }

  private describe(part: PartFile, sha256: string): FinishedFile {
    const { file, target } = this.options;
    const { map } = part;
    const checks = Array.from({ length: map.count }, (_, block) => map.checkOf(block) ?? '');
    const { blockBytes } = map;
    return {
      path: target,
      repoPath: file.path,
      sizeBytes: file.sizeBytes,
      sha256,
      blockBytes,
      checks,
    };
  }

  /** Whether content with this SHA-256 is what the hub promised; true where it promised nothing. */
  private async isRight(path: string, sha256: string, signal: AbortSignal): Promise<boolean> {
    const { file, environment } = this.options;
    if (file.sha256 !== undefined) return file.sha256 === sha256;
    if (file.gitSha1 === undefined) return true;
    const prefix = `blob ${file.sizeBytes}\0`;
    const sha1 = await environment.hasher.digest([path], { algorithm: 'sha1', prefix, signal });
    return sha1 === file.gitSha1;
  }

  private async repair(part: PartFile, source: FileSource, signal: AbortSignal): Promise<string> {
    const { environment, target } = this.options;
    const { hasher } = environment;
    const { map } = part;
    const onDisk = await hasher.blocks(part.path, map.blockBytes, { signal });
    const damaged = onDisk.flatMap((check, block) => (check === map.checkOf(block) ? [] : [block]));
    const suspects = map.bySuspicion().filter((block) => !damaged.includes(block));
    let sha256 = '';
    environment.log.warn({ path: target, damaged: damaged.length }, 'repairing a damaged download');
    const result: RepairResult = await repairBlocks(
      {
        read: (block) => part.read(map.spanOf(block).start, map.spanOf(block).end),
        fetch: (block) => readRange(map.spanOf(block), source, environment, signal),
        replace: (block, bytes) => this.replace(part, block, bytes),
        isRight: async () => {
          sha256 = await hasher.digest([part.path], { signal });
          return this.isRight(part.path, sha256, signal);
        },
      },
      { damaged, suspects },
    );
    if (result.isRight) return sha256;
    throw new MillpondError(
      'conflict',
      `${basename(target)} is complete, but it is not the file that ${source.endpoint ?? 'the hub'} promised; cancel it, or choose another address for the hub and resume`,
    );
  }

  private async replace(part: PartFile, block: number, bytes: Uint8Array): Promise<void> {
    const { start, end } = part.map.spanOf(block);
    await part.write([bytes], start);
    this.repaired += bytes.length;
    const reader = this.options.environment.hasher.grow(part.path, part.map.sizeBytes);
    try {
      await part.recordFull(block, await reader.addChecked(start, end));
    } finally {
      reader.close();
    }
  }

  /** A file that is there already is taken if it is the right one, and never replaced. */
  private async takeExisting(signal: AbortSignal): Promise<FinishedFile | undefined> {
    const { environment, file, target } = this.options;
    const size = await sizeOf(target);
    if (size === undefined) return undefined;
    if (size !== file.sizeBytes) throw inTheWay(target);
    this.verifying = true;
    try {
      const { hasher, tuning } = environment;
      const sha256 = await hasher.digest([target], { signal });
      if (!(await this.isRight(target, sha256, signal))) throw inTheWay(target);
      const { blockBytes } = tuning;
      const checks = await hasher.blocks(target, blockBytes, { signal });
      return { path: target, repoPath: file.path, sizeBytes: size, sha256, blockBytes, checks };
    } finally {
      this.verifying = false;
    }
  }

  private unsteady(): MillpondError {
    const { address } = this.options;
    return new MillpondError(
      'unavailable',
      `${this.endpoint ?? 'The hub'} gives another ${address.path} each time it is asked; try again later, or choose another address for the hub`,
    );
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw inTheWay(path);
    return found.size;
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw explainFileError(error, 'read', path);
  }
}
