import type { ControlClient } from '../contract/control.ts';
import type { InstalledModel, LoadOptions } from '../contract/models.ts';
import { MillpondError } from '../core/error.ts';
import type { Output } from './output.ts';

const pollMs = 150;

interface LoadVisiblyOptions {
  readonly signal: AbortSignal;
  /** A model that is loaded already is loaded again with these. */
  readonly options?: LoadOptions;
}

/** Loads a model while a bar on the terminal shows how far it is. */
export async function loadVisibly(
  client: ControlClient,
  model: InstalledModel,
  output: Output,
  { signal, options }: LoadVisiblyOptions,
): Promise<void> {
  const phaseOf = async () => (await client.models.get({ name: model.id })).state;
  if (model.state.phase === 'ready') {
    if (options === undefined) return;
    await client.models.unload({ id: model.id });
    while ((await phaseOf()).phase !== 'installed') await pause(signal);
  }
  await client.models.load({ id: model.id, ...(options && { options }) });
  for (;;) {
    const state = await phaseOf();
    if (state.phase === 'ready') break;
    if (state.phase === 'failed') throw new MillpondError('model-load-failed', state.reason);
    output.progress(`Loading ${model.name}`, state.phase === 'loading' ? state.share : 0);
    await pause(signal);
  }
  output.clearProgress();
}

async function pause(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, pollMs));
}
