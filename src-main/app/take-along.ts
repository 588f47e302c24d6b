import type { LoadOptions } from '../core/model.ts';
import type { ModelLibrary } from '../models/model-library.ts';
import type { ModelCatalogue } from './model-catalogue.ts';

/** Takes over what other programs keep besides weights, now and whenever such a model appears. */
export function keepTakingAlong(
  models: ModelLibrary,
  catalogue: ModelCatalogue,
  warn: (data: object, sentence: string) => void,
): () => void {
  let working: Promise<void> = Promise.resolve();
  return models.on('changed', (id) => {
    if (models.find(id)?.source !== 'found' || catalogue.hasPreferences(id)) return;
    working = working
      .then(() => takeAlong(models, catalogue))
      .catch((error: unknown) => {
        warn({ err: error }, 'preferences of a found model not kept');
      });
  });
}

/**
 * Takes over what another program keeps besides a model's weights: its system prompt and context
 * length. Only for models for which nobody has chosen anything here.
 */
async function takeAlong(models: ModelLibrary, catalogue: ModelCatalogue): Promise<void> {
  for (const { names, takenAlong } of models.everything) {
    const { id } = names;
    if (takenAlong === undefined || catalogue.hasPreferences(id)) continue;
    if (models.find(id)?.id !== id) continue;
    const { systemPrompt, contextLength } = takenAlong;
    if (systemPrompt === undefined && contextLength === undefined) continue;
    const options: LoadOptions = contextLength === undefined ? {} : { contextLength };
    await catalogue.update(id, { options, systemPrompt: systemPrompt ?? '' });
  }
}
