import { MillpondError } from '../core/error.ts';
import type { FileKnowledge, LibraryCache } from './library-cache.ts';
import { inspectMlxFolder } from './mlx-folder.ts';
import type { Origins } from './origins.ts';
import type { ContentHasher, LibraryLog, ModelInspector } from './ports.ts';
import type { ShelvedModel } from './shelved-model.ts';

interface StudyDeps {
  readonly cache: LibraryCache;
  readonly inspector: ModelInspector;
  readonly hasher: ContentHasher;
  readonly logger: LibraryLog;
  /** The models as they lie now. */
  readonly models: () => readonly ShelvedModel[];
  readonly origins: Origins;
  /** Something was learnt about a model. */
  readonly onNews: () => void;
}

type News = Pick<FileKnowledge, 'digest' | 'facts' | 'problem'>;

/** Finds out facts and digests in the background, and remembers them. */
export class LibraryStudy {
  private readonly deps: StudyDeps;
  private readonly stop = new AbortController();
  private learning: Promise<void> | undefined;

  constructor(deps: StudyDeps) {
    this.deps = deps;
  }

  /** One file after the other, so that studying never competes with answering for the disk. */
  begin(): void {
    if (this.stop.signal.aborted) return;
    this.learning ??= this.learnAll()
      .catch((error: unknown) => {
        if (this.stop.signal.aborted) return;
        const { code, message } = MillpondError.from(error);
        this.deps.logger.warn({ code, message }, 'model files not studied');
      })
      .finally(() => {
        this.learning = undefined;
      });
  }

  /** Resolves when everything that was there has been studied. */
  async settled(): Promise<void> {
    await this.learning;
  }

  async dispose(): Promise<void> {
    this.stop.abort();
    await this.settled();
  }

  private async learnAll(): Promise<void> {
    const { cache, onNews, origins } = this.deps;
    let hasNews = false;
    for (;;) {
      const task = this.nextTask();
      if (task === undefined || this.stop.signal.aborted) break;
      const news = await task.study(task.model);
      cache.learn(task.model.file, news);
      hasNews = true;
      onNews();
      if (news.digest !== undefined) await origins.learnDigest(task.model.file, news.digest);
    }
    if (hasNews) await cache.save();
  }

  /** Facts of all files first: they are quick and a person waits for them. */
  private nextTask() {
    const { cache, models } = this.deps;
    const about = ({ file }: ShelvedModel): FileKnowledge | undefined => cache.about(file);
    const isReadable = (model: ShelvedModel): boolean =>
      [model.problem, model.onlyThere, about(model)?.problem].every((one) => one === undefined);
    const sound = models().filter(isReadable);
    const factless = sound.find((model) => about(model)?.facts === undefined);
    if (factless !== undefined) return { model: factless, study: this.studyFacts };
    const nameless = sound.find(
      (model) => model.digest === undefined && about(model)?.digest === undefined,
    );
    return nameless === undefined ? undefined : { model: nameless, study: this.studyDigest };
  }

  private readonly studyFacts = async (model: ShelvedModel): Promise<News> => {
    const { signal } = this.stop;
    try {
      return { facts: await readFacts(model, this.deps.inspector, signal) };
    } catch (error) {
      signal.throwIfAborted();
      return { problem: MillpondError.from(error).message };
    }
  };

  private readonly studyDigest = async ({ file }: ShelvedModel): Promise<News> => {
    try {
      return { digest: await this.deps.hasher.digest(file.parts, { signal: this.stop.signal }) };
    } catch (error) {
      this.stop.signal.throwIfAborted();
      const { message } = MillpondError.from(error);
      this.deps.logger.warn({ path: file.path, message }, 'model file not readable');
      return {
        problem: 'The file could not be read to its end; check the disk or download it again',
      };
    }
  };
}

/** What a model says about itself. Rejects with one sentence when it cannot be used. */
export async function readFacts(
  { file }: Pick<ShelvedModel, 'file'>,
  inspector: ModelInspector,
  signal: AbortSignal,
) {
  if (file.format === 'mlx') return await inspectMlxFolder(file);
  return (await inspector.inspect(file.path, {}, signal)).facts;
}
