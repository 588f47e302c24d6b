import type { InstalledModel } from '../types.ts';

/** The groups of the picker from top to bottom. */
export const modelGroupNames = ['ready', 'others', 'elsewhere'] as const;
export type ModelGroupName = (typeof modelGroupNames)[number];

/**
 * Chat models by how near they are.
 * - `ready` answer at once · `others` have to be loaded first
 * - `elsewhere` are handed on to another company by the server that offers them
 */
export type ModelGroups = Readonly<Record<ModelGroupName, readonly InstalledModel[]>>;

/** Whether what is written to it leaves this machine and its servers. */
export function runsElsewhere(model: InstalledModel): boolean {
  return model.server?.runsElsewhere === true;
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
    const { name, id, quantization = '', server } = model;
    const text = `${name} ${id} ${quantization} ${server?.name ?? ''}`.toLowerCase();
    return isForChat(model) && words.every((word) => text.includes(word));
  });
  const near = found.filter((model) => !runsElsewhere(model));
  return {
    ready: near.filter((model) => model.state.phase === 'ready'),
    others: near.filter((model) => model.state.phase !== 'ready'),
    elsewhere: found.filter(runsElsewhere),
  };
}

export interface ModelQuestion {
  readonly models: readonly InstalledModel[];
  /** What the chat was last asked with. */
  readonly chosen: string | undefined;
  /** From the settings. */
  readonly preferred: string | undefined;
}

/**
 * The model that the next message goes to; undefined when there is none. Another company's is taken
 * only where somebody chose it, or there is nothing else.
 */
export function chooseModel({
  models,
  chosen,
  preferred,
}: ModelQuestion): InstalledModel | undefined {
  const usable = models.filter((model) => isForChat(model) && model.problem === undefined);
  const near = usable.filter((model) => !runsElsewhere(model));
  return (
    usable.find((model) => model.id === chosen) ??
    usable.find((model) => model.id === preferred) ??
    near.find((model) => model.state.phase === 'ready') ??
    near[0] ??
    usable[0]
  );
}

/** Another model that could answer at once, and does not send what was written any farther. */
export function readyInstead(
  models: readonly InstalledModel[],
  modelId: string,
): InstalledModel | undefined {
  return models.find(
    (model) =>
      model.id !== modelId &&
      model.state.phase === 'ready' &&
      isForChat(model) &&
      !runsElsewhere(model),
  );
}

/** The name people know a model by; the id where it is not on this machine any more. */
export function modelName(models: readonly InstalledModel[], id: string): string {
  return models.find((model) => model.id === id)?.name ?? id;
}
