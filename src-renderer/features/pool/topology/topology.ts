import type { PoolEvent, PoolMachine, PoolOverview } from '../../../api.ts';

export type Asker = PoolOverview['askers'][number];
export type PoolModel = PoolOverview['models'][number];

/** - `flow` answers run · `waiting` requests are in line · `lost` an answer ran there when it was lost */
export type EdgeKind = 'flow' | 'waiting' | 'lost';

export interface Edge {
  readonly id: string;
  readonly kind: EdgeKind;
  /** `asker:…`, `model:…` or `machine:…`. */
  readonly from: string;
  readonly to: string;
  readonly tokensPerSecond: number;
  /** Answers that came over from a lost machine. */
  readonly moved: number;
}

/** What is drawn of a pool, in its columns from left to right, and how many did not find room. */
export interface Topology {
  readonly askers: readonly Asker[];
  readonly models: readonly PoolModel[];
  readonly machines: readonly PoolMachine[];
  readonly folded: { readonly askers: number; readonly models: number; readonly machines: number };
  readonly edges: readonly Edge[];
}

/** Boxes of a column; more are folded into a count. */
export const drawn = { askers: 12, models: 10, machines: 12 } as const;
/** Above so many machines a table reads better than lines. */
export const tableAbove = 40;

export const askerKey = (id: string): string => `asker:${id}`;
export const modelKey = (id: string): string => `model:${id}`;
export const machineKey = (id: string): string => `machine:${id}`;

/** Picks what to draw: everything where there is room, else what is busy or in trouble. */
export function topologyOf(overview: PoolOverview): Topology {
  const askers = choose(overview.askers, drawn.askers, (asker) => asker.answers + asker.waiting);
  const models = choose(overview.models, drawn.models, (model) => model.busySlots + model.waiting);
  const machines = choose(overview.machines, drawn.machines, urgencyOf);
  return {
    ...{ askers, models, machines },
    folded: {
      askers: overview.askers.length - askers.length,
      models: overview.models.length - models.length,
      machines: overview.machines.length - machines.length,
    },
    edges: [
      ...askers.flatMap((asker) => edgesOfAsker(asker, models)),
      ...models.flatMap((model) => edgesOfModel(model, machines)),
      ...machines.flatMap((machine) => lostEdges(machine, models, overview.events)),
    ],
  };
}

/** The most important ones in the order in which they came, so that no box jumps while figures change. */
function choose<T>(
  items: readonly T[],
  limit: number,
  importance: (item: T) => number,
): readonly T[] {
  if (items.length <= limit) return items;
  const kept = new Set(items.toSorted((a, b) => importance(b) - importance(a)).slice(0, limit));
  return items.filter((item) => kept.has(item));
}

function urgencyOf({ busySlots, phase, models }: PoolMachine): number {
  const isInTrouble = phase === 'lost' || models.some(({ proof }) => proof === 'quarantined');
  return (isInTrouble ? 1000 : 0) + busySlots * 10 + (phase === 'online' ? 1 : 0);
}

function edgesOfAsker(asker: Asker, models: readonly PoolModel[]): readonly Edge[] {
  return asker.models.flatMap(({ id, tokensPerSecond, answers, waiting }) => {
    if (!models.some((model) => model.id === id)) return [];
    const ends = { from: askerKey(asker.id), to: modelKey(id), moved: 0 };
    const name = `${ends.from}>${ends.to}`;
    return [
      ...(answers > 0 ? [{ ...ends, id: name, kind: 'flow' as const, tokensPerSecond }] : []),
      ...(waiting > 0
        ? [{ ...ends, id: `${name}?`, kind: 'waiting' as const, tokensPerSecond: 0 }]
        : []),
    ];
  });
}

function edgesOfModel(model: PoolModel, machines: readonly PoolMachine[]): readonly Edge[] {
  return model.lines.flatMap(({ machineId, tokensPerSecond, moved }) => {
    if (!machines.some(({ id }) => id === machineId)) return [];
    const ends = { from: modelKey(model.id), to: machineKey(machineId) };
    return [
      { ...ends, id: `${ends.from}>${ends.to}`, kind: 'flow' as const, tokensPerSecond, moved },
    ];
  });
}

/** Where answers ran when the machine was lost, as the list of events tells. */
function lostEdges(
  machine: PoolMachine,
  models: readonly PoolModel[],
  events: readonly PoolEvent[],
): readonly Edge[] {
  if (machine.phase !== 'lost') return [];
  const names = new Set(
    lossesOf(machine, events).flatMap(({ model }) => (model === undefined ? [] : [model])),
  );
  return models
    .filter(({ id }) => names.has(id))
    .map(({ id }) => {
      const ends = { from: modelKey(id), to: machineKey(machine.id) };
      return {
        ...ends,
        id: `${ends.from}>${ends.to}!`,
        kind: 'lost',
        tokensPerSecond: 0,
        moved: 0,
      };
    });
}

/** A cut is noticed a little before the machine counts as lost. */
const noticedBeforeMs = 30_000;

/** Answers that a lost machine left behind: they went on elsewhere, or ended there. */
export function lossesOf(machine: PoolMachine, events: readonly PoolEvent[]): readonly PoolEvent[] {
  return events.filter(
    ({ kind, machine: name, at }) =>
      (kind === 'answer-moved' || kind === 'answer-lost') &&
      name === machine.name &&
      at >= machine.since - noticedBeforeMs,
  );
}

/** What a machine answers now, by model; `askers` only where it is certain that theirs run here. */
export interface Answering {
  readonly model: string;
  readonly answers: number;
  readonly askers: readonly Asker[];
}

export function answeringAt(machineId: string, overview: PoolOverview): readonly Answering[] {
  return overview.models.flatMap((model) => {
    const line = model.lines.find((each) => each.machineId === machineId);
    if (line === undefined) return [];
    const askers = overview.askers.filter(({ models }) =>
      models.some(({ id, answers }) => id === model.id && answers > 0),
    );
    return [
      { model: model.name, answers: line.answers, askers: model.lines.length === 1 ? askers : [] },
    ];
  });
}
