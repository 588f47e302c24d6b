import type { ControlClient } from '../contract/control.ts';
import type { InstalledModel } from '../contract/models.ts';
import { MillpondError } from '../core/error.ts';
import type { Output } from './output.ts';

const pollMs = 150;

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
    const { state } = await client.models.get({ name: model.id });
    if (state.phase === 'ready') break;
    if (state.phase === 'failed') throw new MillpondError('model-load-failed', state.reason);
    output.progress(`Loading ${model.name}`, state.phase === 'loading' ? state.share : 0);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  output.clearProgress();
}
