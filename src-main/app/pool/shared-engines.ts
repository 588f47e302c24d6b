import type { EngineSlot, ShareableModel, SharedEngines } from '../../agent/ports.ts';
import type { InstalledModel } from '../../contract/models.ts';
import type { AdvertisedState, NodeCommand } from '../../core/node.ts';
import type { ModelDescription } from '../../engines/manager/engine-manager.ts';
import type { Engines } from '../build-engines.ts';
import type { Library } from '../build-library.ts';
import type { FetchModels } from '../fetch-models.ts';
import type { ModelCatalogue } from '../model-catalogue.ts';

interface SharedEnginesDeps {
  readonly engines: Pick<Engines, 'manager'>;
  readonly catalogue: Pick<ModelCatalogue, 'list'>;
  readonly library: Pick<Library, 'models'>;
  readonly fetching: () => Pick<FetchModels, 'start'>;
}

/** What an engine sets aside when nobody chose: see its context choice. */
const usualContextLength = 8192;
const usualSlots = 4;

/** The models of this machine's own engines, as pools may use them. Servers attached to it are not ours to share. */
export function createSharedEngines(deps: SharedEnginesDeps): SharedEngines {
  const { library } = deps;
  const { manager } = deps.engines;
  // Read on every request, and a list of everything is not cheap.
  let known: readonly ShareableModel[] | undefined;
  const listeners = new Set<() => void>();
  const changed = (): void => {
    known = undefined;
    for (const listener of listeners) listener();
  };
  manager.on('changed', changed);
  library.models.on('changed', changed);
  library.models.on('removed', changed);

  return {
    infer: (request, options) => manager.infer(request, options),
    models: () => (known ??= shareable(deps)),
    slots: (): readonly EngineSlot[] => manager.slots(),
    countTokens: (model, text, signal) => manager.countTokens(model, text, signal),
    isOwnerActive: () => manager.isOwnerActive(),
    releaseRemote: () => manager.releaseRemote(),
    command: (command, signal) => obey(deps, command, signal),
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onSlots: (listener) => manager.onSlots(listener),
  };
}

function shareable({ catalogue, engines }: SharedEnginesDeps): readonly ShareableModel[] {
  return catalogue.list().flatMap((model) => {
    const state = advertisedState(model.state);
    const { capabilities: can } = model;
    const answers = can?.chat === true || can?.completion === true || can?.embedding === true;
    if (model.source === 'attached' || model.problem !== undefined || !answers || !state) return [];
    return [shareableModel(model, can, { state, about: engines.manager.describe(model.id) })];
  });
}

function shareableModel(
  model: InstalledModel,
  capabilities: NonNullable<InstalledModel['capabilities']>,
  { state, about }: { readonly state: AdvertisedState; readonly about: ModelDescription },
): ShareableModel {
  const { id, name, digest, options, trainedContextLength, sizeBytes } = model;
  const { loaded, rates, loadMs } = about;
  const trained = trainedContextLength ?? usualContextLength;
  return {
    ...{ id, name, capabilities, state },
    ...(digest !== undefined && { digest }),
    contextLength:
      loaded?.contextLength ?? options.contextLength ?? Math.min(trained, usualContextLength),
    slots: loaded?.slots ?? options.slots ?? usualSlots,
    busySlots: loaded?.busySlots ?? 0,
    waiting: loaded?.queued ?? 0,
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(rates && { rates }),
    ...(loadMs !== undefined && { loadMs }),
  };
}

/** Undefined for one that cannot be loaded now: it is not offered. */
function advertisedState(state: InstalledModel['state']): AdvertisedState | undefined {
  switch (state.phase) {
    case 'loading':
      return { phase: 'loading', share: state.share };
    case 'installed':
    case 'ready':
    case 'draining':
      return { phase: state.phase };
    case 'failed':
      return undefined;
  }
}

async function obey(
  { engines, fetching }: SharedEnginesDeps,
  command: NodeCommand,
  signal: AbortSignal,
): Promise<void> {
  switch (command.kind) {
    case 'load':
      await engines.manager.loadForOthers(command.modelId);
      return;
    case 'unload':
      await engines.manager.unload(command.modelId, { force: false });
      return;
    case 'download':
      // Begun is done: how far it is stands in the machine's advert once it is there.
      await fetching().start(command.model, signal);
  }
}
