import type { ControlHandlers } from '../../contract/control.ts';
import type { EngineManager } from '../../engines/manager/engine-manager.ts';
import type { ModelCatalogue } from '../model-catalogue.ts';

interface ModelHandlersDeps {
  readonly catalogue: ModelCatalogue;
  readonly engines: EngineManager;
  readonly rescan: () => Promise<void>;
  readonly announce: (id: string) => void;
}

const countLimitMs = 5000;

export function createModelHandlers(deps: ModelHandlersDeps): ControlHandlers['models'] {
  const { catalogue, engines } = deps;
  return {
    list: () => ({ models: catalogue.list() }),
    load({ id, options }) {
      const { id: known } = catalogue.describe(id);
      // Progress and failure are the model's state; whoever pressed Load sees them there.
      engines.load(known, options).catch(() => {});
      return {};
    },
    unload({ id, force }) {
      const { id: known } = catalogue.describe(id);
      engines.unload(known, { force }).catch(() => {});
      return {};
    },
    async update({ id, options, systemPrompt }) {
      const model = await catalogue.update(id, {
        ...(options !== undefined && { options }),
        ...(systemPrompt !== undefined && { systemPrompt }),
      });
      deps.announce(model.id);
      return model;
    },
    async rescan() {
      await deps.rescan();
      return { models: catalogue.list() };
    },
    async count({ id, text }) {
      const signal = AbortSignal.timeout(countLimitMs);
      return { tokens: (await engines.countTokens(id, text, signal)) ?? null };
    },
  };
}
