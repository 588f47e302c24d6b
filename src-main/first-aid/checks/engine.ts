import type { ModelManifest } from '../../core/model.ts';
import { MillpondError } from '../../core/error.ts';
import type { Check } from '../examine.ts';
import { byCommand, byDeed, byGoingTo, ok, problem, warning } from '../finding.ts';
import { sentence } from '../format.ts';

interface EngineDeps {
  readonly models: () => Promise<readonly ModelManifest[]>;
  /** Starts an engine with that model for as long as one token takes; rejects with the reason. */
  readonly tryEngine: (model: ModelManifest, signal: AbortSignal) => Promise<void>;
  /** Whether safe mode could help: it is not on. */
  readonly canStartSafely: boolean;
}

/** The host process really starts, loads the bundled model and answers a token. */
export function checkEngine({ models, tryEngine, canStartSafely }: EngineDeps): Check {
  return {
    about: 'the engine',
    limitMs: 120_000,
    async run(signal) {
      const bundled = (await models()).find(({ source }) => source === 'bundled');
      if (bundled === undefined) return [problem('engine-no-model')];
      try {
        await tryEngine(bundled, signal);
        return [ok('engine', { model: bundled.name })];
      } catch (error) {
        signal.throwIfAborted();
        const values = { reason: sentence(MillpondError.from(error).message) };
        return [
          problem('engine-failed', {
            values,
            ...(canStartSafely && { fix: byDeed('start-safely') }),
          }),
        ];
      }
    },
  };
}

/** Whether the files of every model are there and whole, as far as the library has looked. */
export function checkModels(
  models: (signal: AbortSignal) => Promise<readonly ModelManifest[]>,
): Check {
  return {
    about: 'the models',
    limitMs: 60_000,
    async run(signal) {
      const list = await models(signal);
      const broken = list.filter(({ problem: why }) => why !== undefined);
      if (broken.length === 0) return [ok('models', { count: list.length.toString() })];
      return broken.map(({ id, problem: why = '', origin, source }) =>
        warning('model-damaged', {
          subject: id,
          values: { model: id, reason: sentence(why) },
          fix:
            origin !== undefined
              ? byDeed('repair-model')
              : source === 'bundled'
                ? byCommand('npm ci')
                : byGoingTo('/models'),
        }),
      );
    },
  };
}
