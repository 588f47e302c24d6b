import { stat } from 'node:fs/promises';
import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import { readFacts } from './library-study.ts';
import type { ModelLibrary } from './model-library.ts';
import type { ExpectedFile } from './origins.ts';
import type { ByteRange, ContentHasher, DamagedFile } from './ports.ts';
import type { FileRepairer, LibraryLog, ModelInspector } from './ports.ts';
import type { ShelvedModel } from './shelved-model.ts';

/**
 * - `checking`, `repairing` under way, with a share from 0 to 1
 * - `sound` as it should be; `isKnown` is false when nothing said what that is: it could be read to its
 *   end and its structure is whole · `damaged` with how much of it
 */
export type ModelCheck =
  | { readonly phase: 'checking'; readonly share: number }
  | { readonly phase: 'repairing'; readonly share: number }
  | { readonly phase: 'sound'; readonly at: number; readonly isKnown: boolean }
  | {
      readonly phase: 'damaged';
      readonly at: number;
      readonly badBytes: number;
      readonly canRepair: boolean;
      /** Why the last attempt to repair it failed, in one sentence. */
      readonly problem?: string;
    };

interface ChecksDeps {
  readonly library: ModelLibrary;
  readonly hasher: ContentHasher;
  readonly inspector: ModelInspector;
  readonly repairer: FileRepairer;
  readonly clock: Clock;
  readonly logger: LibraryLog;
}

/** What came of reading one model. */
interface Verdict {
  readonly isKnown: boolean;
  readonly badBytes: number;
  /** What could be fetched again; `undefined` when that would not help. */
  readonly damaged: readonly DamagedFile[] | undefined;
}

interface Job {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** Reads models again and compares them with what they should be; fetches what is damaged. */
export class ModelChecks {
  private readonly deps: ChecksDeps;
  private readonly checks = new Map<string, ModelCheck>();
  /** From the last check, by model id. */
  private readonly damage = new Map<string, readonly DamagedFile[]>();
  private readonly jobs = new Map<string, Job>();

  constructor(deps: ChecksDeps) {
    this.deps = deps;
  }

  /** Under way, or what came of the last one; every change is announced by the library's `changed`. */
  of(id: string): ModelCheck | undefined {
    return this.checks.get(id);
  }

  /** Starts reading and returns at once. One that is under way goes on. */
  verify(name: string): void {
    const model = this.deps.library.shelf(name);
    this.begin(model, { phase: 'checking', share: 0 }, (signal) => this.check(model, signal));
  }

  /** Starts fetching what the last check found damaged. Rejects with `conflict` when that cannot help. */
  repair(name: string): void {
    const model = this.deps.library.shelf(name);
    const { id } = model.names;
    const damaged = this.damage.get(id);
    if (damaged === undefined) {
      const isDamaged = this.checks.get(id)?.phase === 'damaged';
      const advice = isDamaged
        ? 'cannot be repaired: delete it and download it again'
        : 'has no known damage; verify it first';
      throw new MillpondError('conflict', `${model.names.name} ${advice}`);
    }
    this.begin(model, { phase: 'repairing', share: 0 }, async (signal) => {
      await this.refetch(id, damaged, signal);
      await this.check(model, signal);
    });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.jobs.values().map(({ done }) => done));
  }

  async dispose(): Promise<void> {
    for (const { stop } of this.jobs.values()) stop.abort();
    await this.settled();
  }

  private begin(
    model: ShelvedModel,
    first: ModelCheck,
    work: (signal: AbortSignal) => Promise<void>,
  ): void {
    const { id } = model.names;
    if (this.jobs.has(id)) return;
    const before = this.checks.get(id);
    const stop = new AbortController();
    this.enter(id, first);
    const done = work(stop.signal)
      .catch((error: unknown) => {
        this.enter(id, this.afterFailure(id, before, error));
      })
      .finally(() => {
        this.jobs.delete(id);
      });
    this.jobs.set(id, { stop, done });
  }

  /** What was known before still holds; a person learns why the attempt failed. */
  private afterFailure(id: string, before: ModelCheck | undefined, error: unknown) {
    const { code, message } = MillpondError.from(error);
    if (code === 'cancelled') return before;
    this.deps.logger.warn({ modelId: id, code, message }, 'model not checked');
    return before?.phase === 'damaged' ? { ...before, problem: message } : before;
  }

  private advance(id: string, phase: 'checking' | 'repairing', share: number): void {
    const current = this.checks.get(id);
    const shown = current?.phase === phase ? current.share : 0;
    // One step in a hundred is all that anybody sees.
    if (share - shown >= 0.01) this.enter(id, { phase, share: Math.min(1, share) });
  }

  private enter(id: string, check: ModelCheck | undefined): void {
    if (check === undefined) this.checks.delete(id);
    else this.checks.set(id, check);
    this.deps.library.touch(id);
  }

  private async check(model: ShelvedModel, signal: AbortSignal): Promise<void> {
    const { id } = model.names;
    const verdict = await this.judge(model, signal);
    const at = this.deps.clock.now();
    this.damage.delete(id);
    if (verdict.badBytes === 0) {
      this.enter(id, { phase: 'sound', at, isKnown: verdict.isKnown });
      return;
    }
    if (verdict.damaged) this.damage.set(id, verdict.damaged);
    const canRepair = verdict.damaged !== undefined;
    this.enter(id, { phase: 'damaged', at, badBytes: verdict.badBytes, canRepair });
  }

  private async judge(model: ShelvedModel, signal: AbortSignal): Promise<Verdict> {
    const expected = this.expectedOf(model);
    let isKnown = true;
    let badBytes = 0;
    let damaged: readonly DamagedFile[] | undefined = [];
    for (const [place, path] of model.file.parts.entries()) {
      const one = await this.judgePart(model, { path, place, expected: expected[place] }, signal);
      isKnown &&= one.isKnown;
      badBytes += one.badBytes;
      damaged = one.damaged && damaged && [...damaged, ...one.damaged];
    }
    if (badBytes > 0 || isKnown) return { isKnown, badBytes, damaged };
    return { isKnown, badBytes: await this.structuralDamage(model, signal), damaged: undefined };
  }

  private async judgePart(
    model: ShelvedModel,
    part: { path: string; place: number; expected: Partial<ExpectedFile> | undefined },
    signal: AbortSignal,
  ): Promise<Verdict> {
    const { path, expected } = part;
    const size = await stat(path).then(
      (found) => found.size,
      () => undefined,
    );
    const whole = expected?.sizeBytes ?? size ?? model.file.sizeBytes;
    if (size === undefined || size !== whole) {
      return { isKnown: true, badBytes: Math.max(1, whole), damaged: undefined };
    }
    const digest = await this.read(model, part, signal);
    const wanted = expected?.sha256;
    if (digest === wanted) return { isKnown: true, badBytes: 0, damaged: [] };
    if (digest !== undefined && wanted === undefined) {
      return { isKnown: false, badBytes: 0, damaged: [] };
    }
    return await this.locate(path, expected, size, signal);
  }

  /** The digest of one part; undefined when the disk does not give it. */
  private async read(
    model: ShelvedModel,
    { path, place }: { path: string; place: number },
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { id } = model.names;
    const { parts } = model.file;
    const onProgress = (doneBytes: number): void => {
      const share =
        (place + doneBytes / Math.max(1, model.file.sizeBytes / parts.length)) / parts.length;
      this.advance(id, 'checking', share);
    };
    try {
      return await this.deps.hasher.digest([path], { signal, onProgress });
    } catch (error) {
      signal.throwIfAborted();
      const { message } = MillpondError.from(error);
      this.deps.logger.warn({ path, message }, 'model file not readable');
      return undefined;
    }
  }

  /** Which blocks are wrong, where their checks are known. */
  private async locate(
    path: string,
    expected: Partial<ExpectedFile> | undefined,
    sizeBytes: number,
    signal: AbortSignal,
  ): Promise<Verdict> {
    const everything = { isKnown: true, badBytes: sizeBytes, damaged: undefined };
    const { blocks, sha256, address } = expected ?? {};
    if (blocks === undefined || sha256 === undefined || address === undefined) return everything;
    const found = await this.deps.hasher.blocks(path, blocks.sizeBytes, { signal }).catch(() => {
      signal.throwIfAborted();
      return [];
    });
    const badRanges = differingBlocks(found, blocks.checks, blocks.sizeBytes, sizeBytes);
    if (badRanges.length === 0) return everything;
    const badBytes = badRanges.reduce((sum, { start, end }) => sum + end - start, 0);
    return { isKnown: true, badBytes, damaged: [{ path, address, sizeBytes, sha256, badRanges }] };
  }

  /** Nothing tells what its bytes should be: what can be said is whether it is whole. */
  private async structuralDamage(model: ShelvedModel, signal: AbortSignal): Promise<number> {
    const learnt = this.deps.library.knowledge(model.file);
    try {
      await readFacts(model, this.deps.inspector, signal);
      return learnt?.problem === undefined ? 0 : model.file.sizeBytes;
    } catch {
      signal.throwIfAborted();
      return model.file.sizeBytes;
    }
  }

  private expectedOf(model: ShelvedModel): readonly (Partial<ExpectedFile> | undefined)[] {
    const { origins } = this.deps.library;
    const record = origins.of(model.file, model.digest);
    if (record) return origins.expected(record, model.file);
    // Ollama and the hub's cache name a file after what it should be.
    const { digest, source } = model;
    return source === 'found' && digest !== undefined ? [{ sha256: digest }] : [];
  }

  private async refetch(
    id: string,
    damaged: readonly DamagedFile[],
    signal: AbortSignal,
  ): Promise<void> {
    const sizes = damaged.map(({ badRanges }) =>
      badRanges.reduce((sum, { start, end }) => sum + end - start, 0),
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    let before = 0;
    for (const [place, file] of damaged.entries()) {
      const onProgress = (doneBytes: number): void => {
        this.advance(id, 'repairing', (before + doneBytes) / total);
      };
      await this.deps.repairer.repair(file, { signal, onProgress });
      before += sizes[place] ?? 0;
    }
  }
}

function differingBlocks(
  found: readonly string[],
  wanted: readonly string[],
  blockBytes: number,
  sizeBytes: number,
): readonly ByteRange[] {
  return wanted.flatMap((check, place) => {
    if (found[place] === check) return [];
    const start = place * blockBytes;
    return [{ start, end: Math.min(sizeBytes, start + blockBytes) }];
  });
}
