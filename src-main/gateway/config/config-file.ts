import type { ConfigProblem, ConfigStatus } from '../../contract/config.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { Logger } from '../../platform/logger.ts';
import { exportConfig } from './export-config.ts';
import { parseConfig } from './parse-config.ts';
import { emptyConfiguration } from './ports.ts';
import type {
  ConfigFiles,
  Configuration,
  ConfigSurroundings,
  ConfiguredProvider,
  ExportedConfiguration,
} from './ports.ts';

/**
 * `millpond.yaml`: what it says is in force and locked for everybody else. A file that is wrong changes
 * nothing: the last good one stays, over restarts too, and the status says where the new one is wrong.
 */
export interface ConfigFile {
  /** Reads and applies it, then watches it. Never rejects because of what stands in it. */
  start(): Promise<void>;
  /** Looks at it now; resolves when that is done. */
  reload(): Promise<void>;
  status(): ConfigStatus;
  check(text: string): readonly ConfigProblem[];
  /** All of the present state as a file; secrets are names of variables. */
  export(): Promise<string>;
  /** Takes the providers of a file over, one by one; what could not be taken is a problem. */
  import(text: string): Promise<ImportedConfig>;
  /** Stops watching. */
  stop(): void;
}

export interface ImportedConfig {
  readonly providers: readonly { readonly name: string; readonly models: number }[];
  readonly problems: readonly ConfigProblem[];
}

export interface ConfigFileDeps {
  readonly path: string;
  /** Somebody named the path: that nothing is there is wrong then. */
  readonly isRequired: boolean;
  /** Where the last good text is kept over restarts. */
  readonly lastGoodPath: string;
  readonly around: () => ConfigSurroundings;
  readonly files: ConfigFiles;
  /**
   * Puts what the file says in place of what it said before, all or nothing. A rejection with
   * `invalid-request` or `conflict` rejects the file.
   */
  readonly apply: (configuration: Configuration) => Promise<void> | void;
  /** What a file would have to say for the state to be as it is. */
  readonly current: () => Promise<ExportedConfiguration> | ExportedConfiguration;
  /** Takes a provider into the database; resolves with how many models it serves. */
  readonly importProvider: (provider: ConfiguredProvider) => Promise<{ readonly models: number }>;
  readonly onChanged: (status: ConfigStatus) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Editors write in several steps. */
const settlesWithinMs = 200;
/** A file that is gone may be on its way back: some programs delete it before they write the new one. */
const goneForMs = 1500;

export function createConfigFile(deps: ConfigFileDeps): ConfigFile {
  return new WatchedConfigFile(deps);
}

class WatchedConfigFile implements ConfigFile {
  private readonly deps: ConfigFileDeps;
  private readonly logger: Logger;
  private state: ConfigStatus['state'] = { phase: 'none' };
  private applied: Configuration = emptyConfiguration;
  /** The text that was looked at last; undefined: no file. */
  private seen: string | undefined;
  private looking: Promise<void> = Promise.resolve();
  private stopWatching: () => void = () => {};
  private stopTimer: (() => void) | undefined;
  private missingSince: number | undefined;

  constructor(deps: ConfigFileDeps) {
    this.deps = deps;
    this.logger = deps.logger.child({ component: 'config' });
  }

  async start(): Promise<void> {
    await this.inTurn(() => this.lookFirst());
    this.stopWatching = this.deps.files.watch(this.deps.path, () => {
      this.lookSoon(settlesWithinMs);
    });
  }

  reload(): Promise<void> {
    return this.inTurn(() => this.look(true));
  }

  status(): ConfigStatus {
    const { path } = this.deps;
    return { path, state: this.state, locked: Object.keys(this.applied.settings).toSorted() };
  }

  check(text: string): readonly ConfigProblem[] {
    return parseConfig(text, this.deps.around()).problems;
  }

  async export(): Promise<string> {
    return exportConfig(await this.deps.current());
  }

  async import(text: string): Promise<ImportedConfig> {
    const read = parseConfig(text, this.deps.around(), 'import');
    const problems = [...read.problems];
    const providers: { readonly name: string; readonly models: number }[] = [];
    for (const provider of read.configuration?.providers ?? []) {
      try {
        const { models } = await this.deps.importProvider(provider);
        providers.push({ name: provider.name, models });
      } catch (error) {
        const place = read.places.get(provider.name) ?? { line: 1, column: 1 };
        const { message } = MillpondError.from(error);
        problems.push({
          ...place,
          message: `The provider “${provider.name}” is left out: ${message}`,
        });
      }
    }
    return { providers, problems };
  }

  stop(): void {
    this.stopWatching();
    this.stopTimer?.();
    this.stopTimer = undefined;
  }

  private async lookFirst(): Promise<void> {
    const { isRequired, path } = this.deps;
    const text = await this.read();
    this.seen = text ?? undefined;
    if (typeof text === 'string' && (await this.take(text))) return;
    if (text === undefined && !isRequired) {
      await this.forgetLastGood();
      return;
    }
    if (text === undefined) this.reject([{ ...beginning, message: `There is no file at ${path}` }]);
    await this.returnToLastGood();
  }

  /** After a restart nothing is in force yet: what was good before is. */
  private async returnToLastGood(): Promise<void> {
    const { files, lastGoodPath, around, apply } = this.deps;
    const text = await files.read(lastGoodPath).catch(() => undefined);
    if (text === undefined) return;
    const { configuration } = parseConfig(text, around());
    if (configuration === undefined) {
      this.logger.warn({}, 'the last good config file is not good any more');
      return;
    }
    try {
      await apply(configuration);
      this.applied = configuration;
      this.tell();
    } catch (error) {
      this.logger.warn({ err: error }, 'the last good config file could not be applied');
    }
  }

  private async look(isAsked: boolean): Promise<void> {
    const text = await this.read();
    if (text === null) return;
    if (text === undefined) {
      await this.lookMissing(isAsked);
      return;
    }
    this.missingSince = undefined;
    if (text === this.seen && !isAsked) return;
    this.seen = text;
    await this.take(text);
  }

  private async lookMissing(isAsked: boolean): Promise<void> {
    const { clock, isRequired, path } = this.deps;
    if (this.seen === undefined) return;
    this.missingSince ??= clock.now();
    if (!isAsked && clock.now() - this.missingSince < goneForMs) {
      this.lookSoon(goneForMs);
      return;
    }
    this.seen = undefined;
    if (isRequired) {
      this.reject([{ ...beginning, message: `There is no file at ${path}` }]);
      return;
    }
    await this.deps.apply(emptyConfiguration);
    this.applied = emptyConfiguration;
    await this.forgetLastGood();
    this.enter({ phase: 'none' });
  }

  /** True when the text is in force. */
  private async take(text: string): Promise<boolean> {
    const { configuration, problems } = parseConfig(text, this.deps.around());
    if (configuration === undefined) return this.reject(problems);
    const refusal = await this.applyOrReturn(configuration);
    if (refusal !== undefined) return this.reject([refusal]);
    this.applied = configuration;
    await this.keepLastGood(text);
    this.enter({
      ...{ phase: 'applied', at: this.deps.clock.now() },
      ...(problems.length > 0 && { problems: [...problems] }),
    });
    return true;
  }

  /** What is wrong with it, if it could not be applied; all is as before then. */
  private async applyOrReturn(configuration: Configuration): Promise<ConfigProblem | undefined> {
    try {
      await this.deps.apply(configuration);
      return undefined;
    } catch (error) {
      this.logger.warn({ err: error }, 'a config file could not be applied');
      try {
        await this.deps.apply(this.applied);
      } catch (second) {
        this.logger.error({ err: second }, 'the config before could not be put back');
      }
      return { ...beginning, message: MillpondError.from(error).message };
    }
  }

  private reject(problems: readonly ConfigProblem[]): false {
    this.logger.warn({ problems: problems.length }, 'a config file is wrong and was not taken');
    this.enter({ phase: 'rejected', at: this.deps.clock.now(), problems: [...problems] });
    return false;
  }

  private enter(state: ConfigStatus['state']): void {
    this.state = state;
    if (state.phase === 'applied') this.logger.info({}, 'a config file is in force');
    this.tell();
  }

  private tell(): void {
    this.deps.onChanged(this.status());
  }

  private async keepLastGood(text: string): Promise<void> {
    const { files, lastGoodPath } = this.deps;
    await files.write(lastGoodPath, text).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'the last good config file was not kept');
    });
  }

  private async forgetLastGood(): Promise<void> {
    const { files, lastGoodPath } = this.deps;
    await files.remove(lastGoodPath).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'the last good config file was not removed');
    });
  }

  /** Null for a file that cannot be read: that is wrong, and not to be taken for one that is gone. */
  private async read(): Promise<string | undefined | null> {
    try {
      return await this.deps.files.read(this.deps.path);
    } catch (error) {
      this.reject([{ ...beginning, message: MillpondError.from(error).message }]);
      return null;
    }
  }

  private lookSoon(afterMs: number): void {
    this.stopTimer?.();
    this.stopTimer = this.deps.clock.after(afterMs, () => {
      this.stopTimer = undefined;
      void this.inTurn(() => this.look(false));
    });
  }

  /** One look after the other. What goes wrong inside is told, and ends no later look. */
  private inTurn(look: () => Promise<void>): Promise<void> {
    this.looking = this.looking.then(look).catch((error: unknown) => {
      this.logger.error({ err: error }, 'the config file could not be looked at');
    });
    return this.looking;
  }
}

const beginning = { line: 1, column: 1 } as const;
