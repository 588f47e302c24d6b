import type { ChatModel, PoolPlace } from '../types.ts';

/**
 * Chat models by how near they are.
 * - `ready` answer at once · `others` have to be loaded first · `pool` run on machines of that pool
 * - `elsewhere` are handed on to another company by the server that offers them
 */
export interface ModelGroup {
  readonly name: 'ready' | 'others' | 'pool' | 'elsewhere';
  readonly pool?: PoolPlace;
  readonly models: readonly ChatModel[];
}

/** Whether another company reads what is written to it. */
export function runsElsewhere(model: ChatModel): boolean {
  return model.server?.runsElsewhere === true;
}

/** Whether a model can be asked in a chat. One that was not probed yet gets the benefit of the doubt. */
export function isForChat(model: ChatModel): boolean {
  return model.capabilities?.chat !== false;
}

/** Whether a question can be sent to it now, or once it is loaded. */
export function isUsable(model: ChatModel): boolean {
  return isForChat(model) && model.problem === undefined && model.absence === undefined;
}

/** The groups of the picker from top to bottom; none is empty. */
export function groupModels(models: readonly ChatModel[], search: string): readonly ModelGroup[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = models.filter((model) => {
    const { name, id, quantization = '', server, pool } = model;
    const text =
      `${name} ${id} ${quantization} ${server?.name ?? ''} ${pool?.name ?? ''}`.toLowerCase();
    return isForChat(model) && words.every((word) => text.includes(word));
  });
  const near = found.filter((model) => !runsElsewhere(model) && model.pool === undefined);
  const groups: readonly ModelGroup[] = [
    { name: 'ready', models: near.filter(({ state }) => state.phase === 'ready') },
    { name: 'others', models: near.filter(({ state }) => state.phase !== 'ready') },
    ...poolGroups(found),
    { name: 'elsewhere', models: found.filter(runsElsewhere) },
  ];
  return groups.filter((group) => group.models.length > 0);
}

function poolGroups(models: readonly ChatModel[]): readonly ModelGroup[] {
  return [...Map.groupBy(models, ({ pool }) => pool?.id).values()].flatMap((ofPool) => {
    const pool = ofPool[0]?.pool;
    return pool === undefined ? [] : [{ name: 'pool' as const, pool, models: ofPool }];
  });
}

export interface ModelQuestion {
  readonly models: readonly ChatModel[];
  /** What somebody chose for this chat, or what it was last asked with. */
  readonly chosen: string | undefined;
  /** From the settings. */
  readonly preferred: string | undefined;
  /** What to show for a chosen model that nobody knows; undefined while not everybody was asked. */
  readonly missing: (id: string) => ChatModel | undefined;
}

/**
 * The model that the next message goes to; undefined when there is none. A chosen one stays chosen while it
 * is broken or cannot be reached: another model must never answer unasked. Where nobody chose, another
 * company's or a pool's is taken only if there is nothing else.
 */
export function chooseModel(question: ModelQuestion): ChatModel | undefined {
  const { models, chosen, preferred, missing } = question;
  const known = models.find((model) => model.id === chosen);
  if (chosen !== undefined && known === undefined) return missing(chosen);
  if (known !== undefined && isForChat(known)) return known;
  const usable = models.filter(isUsable);
  const near = usable.filter((model) => !runsElsewhere(model) && model.pool === undefined);
  return (
    usable.find((model) => model.id === preferred) ??
    near.find((model) => model.state.phase === 'ready') ??
    near[0] ??
    usable[0]
  );
}

/** Another model that could answer at once, and does not send what was written any farther. */
export function readyInstead(models: readonly ChatModel[], modelId: string): ChatModel | undefined {
  return models.find(
    (model) =>
      model.id !== modelId &&
      model.state.phase === 'ready' &&
      isUsable(model) &&
      !runsElsewhere(model) &&
      (model.pool === undefined || isPooled(models, modelId)),
  );
}

/** Whoever asks a pool already may be offered another model of one. */
function isPooled(models: readonly ChatModel[], modelId: string): boolean {
  return models.some(({ id, pool }) => id === modelId && pool !== undefined);
}

/** The name people know a model by; the id where it is not on this machine any more. */
export function modelName(models: readonly ChatModel[], id: string): string {
  return models.find((model) => model.id === id)?.name ?? id;
}
