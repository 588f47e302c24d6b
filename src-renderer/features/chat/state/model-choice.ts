import type { InstalledModel } from '../types.ts';

/** Chat models in the order of the picker: those that answer at once, then the others. */
export interface ModelGroups {
  readonly ready: readonly InstalledModel[];
  readonly others: readonly InstalledModel[];
}

/** Whether a model can be asked in a chat. One that was not probed yet gets the benefit of the doubt. */
export function isForChat(model: InstalledModel): boolean {
  return model.capabilities?.chat !== false;
}

export function groupModels(models: readonly InstalledModel[], search: string): ModelGroups {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = models.filter((model) => {
    const text = `${model.name} ${model.id} ${model.quantization ?? ''}`.toLowerCase();
    return isForChat(model) && words.every((word) => text.includes(word));
  });
  return {
    ready: found.filter((model) => model.state.phase === 'ready'),
    others: found.filter((model) => model.state.phase !== 'ready'),
  };
}

export interface ModelQuestion {
  readonly models: readonly InstalledModel[];
  /** What the chat was last asked with. */
  readonly chosen: string | undefined;
  /** From the settings. */
  readonly preferred: string | undefined;
}

/** The model that the next message goes to; undefined when there is none on this machine. */
export function chooseModel({
  models,
  chosen,
  preferred,
}: ModelQuestion): InstalledModel | undefined {
  const usable = models.filter((model) => isForChat(model) && model.problem === undefined);
  return (
    usable.find((model) => model.id === chosen) ??
    usable.find((model) => model.id === preferred) ??
    usable.find((model) => model.state.phase === 'ready') ??
    usable[0]
  );
}

/** Another model that could answer at once. */
export function readyInstead(
  models: readonly InstalledModel[],
  modelId: string,
): InstalledModel | undefined {
  return models.find(
    (model) => model.id !== modelId && model.state.phase === 'ready' && isForChat(model),
  );
}

/** The name people know a model by; the id where it is not on this machine any more. */
export function modelName(models: readonly InstalledModel[], id: string): string {
  return models.find((model) => model.id === id)?.name ?? id;
}
