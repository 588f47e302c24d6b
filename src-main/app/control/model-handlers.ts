import type { ControlHandlers } from '../../contract/control.ts';
import type { FitView } from '../../contract/fit.ts';
import type { FoundStore } from '../../contract/models.ts';
import type { Fit } from '../../models/fit/fit.ts';
import type { FoundModel, FoundStore as StoreFound } from '../../models/found-stores.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';
import { describeFolders } from '../model-folders.ts';
import type { Engines } from '../build-engines.ts';
import type { Library } from '../build-library.ts';
import type { ModelCatalogue } from '../model-catalogue.ts';

interface ModelHandlersDeps {
  readonly catalogue: ModelCatalogue;
  readonly engines: Engines;
  readonly library: Library;
  readonly settings: SettingsStore;
  readonly announce: (id: string) => void;
}

const countLimitMs = 5000;
const predictLimitMs = 60_000;
/** A disk full of models is probed file by file. */
const lookLimitMs = 5 * 60_000;
/** Copying a large model to another disk. */
const importLimitMs = 6 * 60 * 60_000;

export function createModelHandlers(deps: ModelHandlersDeps): ControlHandlers['models'] {
  return { ...engineHandlers(deps), ...libraryHandlers(deps) };
}

type Handlers = ControlHandlers['models'];
type EngineCalls =
  'list' | 'get' | 'load' | 'unload' | 'update' | 'rescan' | 'count' | 'predict' | 'suggest';

/** What engines do with models, and what a person chose for them. */
function engineHandlers(deps: ModelHandlersDeps): Pick<Handlers, EngineCalls> {
  const { catalogue, library } = deps;
  const { manager, estimator } = deps.engines;
  return {
    list: async () => ({
      models: catalogue.list(),
      folders: await describeFolders(library.models.folders),
    }),
    get: ({ name }) => catalogue.describe(name),
    load({ id, options }) {
      const { id: known } = catalogue.manifest(id);
      // Progress and failure are the model's state; whoever pressed Load sees them there.
      manager.load(known, options).catch(() => {});
      return {};
    },
    unload({ id, force }) {
      const { id: known } = catalogue.manifest(id);
      manager.unload(known, { force }).catch(() => {});
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
      await library.models.rescan();
      return { models: catalogue.list() };
    },
    async count({ id, text }) {
      if (library.models.find(id) === undefined) return { tokens: null };
      const signal = AbortSignal.timeout(countLimitMs);
      return { tokens: (await manager.countTokens(id, text, signal)) ?? null };
    },
    async predict({ id, options }) {
      const model = catalogue.manifest(id);
      const chosen = options ?? catalogue.loadOptions(model.id);
      const signal = AbortSignal.timeout(predictLimitMs);
      return viewOfFit(await estimator.ofModel(model, chosen, signal));
    },
    async suggest({ id, aim }) {
      const signal = AbortSignal.timeout(predictLimitMs);
      const manifest = catalogue.manifest(id);
      const { options, fit } = await estimator.suggest({ manifest }, aim, signal);
      return { options, fit: viewOfFit(fit) };
    },
  };
}

/** What happens to model files. */
function libraryHandlers(deps: ModelHandlersDeps): Omit<Handlers, EngineCalls> {
  const { catalogue, settings, announce } = deps;
  const { stores, importer, removal, checks, models } = deps.library;
  const { manager } = deps.engines;
  return {
    async found() {
      const found = await stores.look(AbortSignal.timeout(lookLimitMs));
      return { stores: found.map(viewOfStore) };
    },
    async useStores({ kinds }) {
      const usedStores = [...new Set(kinds)];
      await settings.update({ usedStores });
      await models.setStores(usedStores);
      return { models: catalogue.list() };
    },
    async import({ path, mode }) {
      const signal = AbortSignal.timeout(importLimitMs);
      const { id } = await importer.import(path, mode, { signal });
      return catalogue.describe(id);
    },
    async remove({ id, force, undo }) {
      const model = catalogue.manifest(id);
      const removed = await removal.remove(model.id, { force });
      // Its memory mapping would keep the space; whoever brings it back loads it again.
      await manager.unload(model.id, { force: true }).catch(() => {});
      if (undo) return { ...removed };
      await removal.finishNow(model.id);
      return { ...removed, undoUntil: 0 };
    },
    restore: ({ id }) => catalogue.describe(removal.restore(id).id),
    verify({ id }) {
      const model = catalogue.manifest(id);
      checks.verify(model.id);
      announce(model.id);
      return catalogue.describe(model.id);
    },
    repair({ id }) {
      const model = catalogue.manifest(id);
      checks.repair(model.id);
      announce(model.id);
      return catalogue.describe(model.id);
    },
  };
}

export function viewOfFit(fit: Fit): FitView {
  return { ...fit };
}

function viewOfStore({ models, ...store }: StoreFound): FoundStore {
  return { ...store, models: models.map(viewOfFound) };
}

function viewOfFound({ name, path, sizeBytes, use, neededBytes, problem }: FoundModel) {
  return {
    ...{ name, path, sizeBytes, use },
    ...(neededBytes !== undefined && { neededBytes }),
    ...(problem !== undefined && { problem }),
  };
}
