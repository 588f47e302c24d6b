import { MillpondError } from '../../../src-main/core/error.ts';
import { api } from '../../api.ts';
import type { InstalledModel } from '../../api.ts';
import { useModels } from '../../state/models.ts';
import type { LoadOptions } from './load-draft.ts';

export async function loadModel(id: string): Promise<void> {
  await api.models.load({ id });
}

/** Lets running answers finish first. */
export async function unloadModel(id: string): Promise<void> {
  await api.models.unload({ id });
}

/** Ends running answers. */
export async function unloadModelNow(id: string): Promise<void> {
  await api.models.unload({ id, force: true });
}

/** Keeps the options for this model and loads it with them, unloading it first where necessary. */
export async function loadWithOptions(model: InstalledModel, options: LoadOptions): Promise<void> {
  const { id } = model;
  await api.models.update({ id, options });
  if (isLoaded(model)) {
    const unloaded = untilUnloaded(id);
    await api.models.unload({ id });
    await unloaded;
  }
  await api.models.load({ id, options });
}

export function isLoaded({ state }: Pick<InstalledModel, 'state'>): boolean {
  return state.phase === 'ready' || state.phase === 'draining' || state.phase === 'loading';
}

/** Resolves when the engine has let go of the model, however long its last answers take. */
function untilUnloaded(id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = useModels.subscribe(({ models }) => {
      const model = models?.find((candidate) => candidate.id === id);
      if (model !== undefined && isLoaded(model)) return;
      stop();
      if (model !== undefined) resolve();
      else reject(new MillpondError('model-not-found', `${id} is no longer on this machine`));
    });
  });
}
