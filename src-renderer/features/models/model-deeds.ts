import { MillpondError } from '../../../src-main/core/error.ts';
import { api } from '../../api.ts';
import type { InstalledModel } from '../../api.ts';
import { hideModel, showModel, useModels } from '../../state/models.ts';
import type { LoadOptions } from './options/load-draft.ts';

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

/**
 * Loads the model with these options, unloading it first where necessary; `isRemembered` keeps them
 * for every later load.
 */
export async function loadWithOptions(
  model: InstalledModel,
  options: LoadOptions,
  isRemembered: boolean,
): Promise<void> {
  const { id } = model;
  if (isRemembered) await api.models.update({ id, options });
  if (isLoaded(model)) {
    const unloaded = untilUnloaded(id);
    await api.models.unload({ id });
    await unloaded;
  }
  await api.models.load({ id, options });
}

/** Reads all files again and compares them; how it goes is the model's `check`. */
export async function verifyModel(id: string): Promise<void> {
  showModel(await api.models.verify({ id }));
}

/** Fetches the damaged parts again. */
export async function repairModel(id: string): Promise<void> {
  showModel(await api.models.repair({ id }));
}

export interface Removal {
  readonly undoUntil: number;
  readonly freedBytes: number;
}

/** Rejects with `conflict` while other programs use the files and `force` is not set. */
export async function removeModel(id: string, force: boolean): Promise<Removal> {
  const removal = await api.models.remove({ id, force });
  hideModel(id);
  return removal;
}

/** Takes a removal back, if its time has not run out. */
export async function restoreModel(id: string): Promise<void> {
  showModel(await api.models.restore({ id }));
}

/** Millpond starts and stops it: not so the models of a server that somebody else runs. */
export function isOurs({ source }: Pick<InstalledModel, 'source'>): boolean {
  return source !== 'attached';
}

/** Its files may go: neither Guide's nor those of a server are ours to delete. */
export function canDelete({ source }: Pick<InstalledModel, 'source'>): boolean {
  return source === 'library' || source === 'found';
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
