import type { ControlClient } from '../contract/control.ts';
import type { InstalledModel } from '../contract/models.ts';
import { MillpondError } from '../core/error.ts';
import type { Output } from './output.ts';

const pollMs = 150;

/** The installed model behind a name as people type it: an id, or the part before `:`. */
export async function findModel(client: ControlClient, name: string): Promise<InstalledModel> {
  const { models } = await client.models.list({});
  const wanted = name.toLowerCase();
  const found =
    models.find((model) => model.id.toLowerCase() === wanted) ??
    models.find((model) => model.id.toLowerCase().split(':')[0] === wanted) ??
    models.find((model) => model.name.toLowerCase() === wanted);
  if (found) return found;
  const known = models.map((model) => model.id).join(', ');
  throw new MillpondError(
    'model-not-found',
    `There is no model "${name}" here. Installed: ${known}`,
  );
}

/** Loads a model while a bar on the terminal shows how far it is. */
export async function loadVisibly(
  client: ControlClient,
  model: InstalledModel,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  if (model.state.phase === 'ready') return;
  await client.models.load({ id: model.id });
  for (;;) {
    signal.throwIfAborted();
    const { state } = await findModel(client, model.id);
    if (state.phase === 'ready') break;
    if (state.phase === 'failed') throw new MillpondError('model-load-failed', state.reason);
    output.progress(`Loading ${model.name}`, state.phase === 'loading' ? state.share : 0);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  output.clearProgress();
}
