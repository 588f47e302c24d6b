import type { PoolMachine } from '../../contract/nodes.ts';
import type { Clock } from '../../core/clock.ts';
import { summarise } from './directory.ts';
import type { EventJournal } from './event-journal.ts';
import type { Fleet } from './fleet.ts';
import { type MachineViewDeps, machineView } from './machine-view.ts';
import type { ModelEntry } from './model-index.ts';
import type { PoolOverview } from './nodes.ts';
import type { LiveAsk, LiveAsks } from './ports.ts';
import type { FlowRate, RecentTokens } from './recent-tokens.ts';
import type { Run, Runs } from './runs.ts';

export interface OverviewDeps extends MachineViewDeps {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly runs: Runs;
  readonly tokens: RecentTokens;
  readonly asks: LiveAsks;
  readonly events: EventJournal;
}

type Asker = PoolOverview['askers'][number];
type ModelView = PoolOverview['models'][number];

/** Events that ride along; the rest are on each machine's page. */
const shownEvents = 30;

/** Everything that the Pool page shows of one pool, now. */
export function poolOverview(poolId: string, deps: OverviewDeps): PoolOverview {
  const { clock, fleet, tokens, events } = deps;
  const picture = new Picture(poolId, deps);
  const machines = fleet
    .inPool(poolId)
    .filter(({ isServing }) => isServing)
    .map((machine) => machineView(machine, picture.rateOf({ machineId: machine.id }), deps));
  const waiting = picture.asks.filter(({ isWaiting }) => isWaiting);
  const etas = waiting.flatMap(({ etaMs }) => etaMs ?? []);
  return {
    poolId,
    at: clock.now(),
    tokensPerSecond: picture.rateOf({}),
    machines,
    models: [...(fleet.index(poolId)?.entries() ?? [])].flatMap((entry) => {
      const view = modelView(entry, machines, picture);
      // One that only lost machines had is shown while somebody still waits for them.
      return view.machines > 0 || picture.isAskedFor(view.id) ? [view] : [];
    }),
    askers: askersOf(picture),
    busySlots: sum(machines, ({ busySlots }) => busySlots),
    slots: sum(machines, ({ slots }) => slots),
    waiting: waiting.length,
    ...(etas.length > 0 && { etaMs: Math.max(...etas) }),
    history: [...tokens.historyOf(poolId)],
    events: events.newest(poolId, shownEvents),
  };
}

interface FlowFilter {
  readonly caller?: string;
  readonly machineId?: string;
  /** As the pool names it. */
  readonly model?: string;
}

/** One moment of a pool: who asks, what runs, what flows, under the pool's own model names. */
class Picture {
  readonly asks: readonly LiveAsk[];
  readonly runs: readonly (Run & { readonly model: string })[];
  private readonly flows: readonly (FlowRate & { readonly model: string })[];
  private readonly names = new Map<string, string>();

  constructor(poolId: string, { fleet, runs, tokens, asks }: OverviewDeps) {
    const index = fleet.index(poolId);
    for (const { id, holders } of index?.entries() ?? []) {
      for (const { machineId, model } of holders.values()) {
        this.names.set(`${machineId}\n${model.id}`, id);
      }
    }
    const named = <T extends { readonly machineId: string; readonly modelId: string }>(
      item: T,
    ) => ({
      ...item,
      model: this.names.get(`${item.machineId}\n${item.modelId}`) ?? item.modelId,
    });
    this.runs = [...runs.current()].filter((run) => run.poolId === poolId).map(named);
    this.flows = tokens.rates(poolId).map(named);
    const running = new Set(this.runs.map(({ requestId }) => requestId));
    this.asks = asks
      .list()
      .filter((ask) => (ask.isWaiting ? ask.pools.includes(poolId) : running.has(ask.requestId)));
  }

  isAskedFor(model: string): boolean {
    return [...this.runs, ...this.asks].some((each) => each.model === model);
  }

  rateOf({ caller, machineId, model }: FlowFilter): number {
    return sum(
      this.flows.filter(
        (flow) =>
          (caller === undefined || flow.caller === caller) &&
          (machineId === undefined || flow.machineId === machineId) &&
          (model === undefined || flow.model === model),
      ),
      ({ tokensPerSecond }) => tokensPerSecond,
    );
  }
}

function modelView(
  entry: ModelEntry,
  machines: readonly PoolMachine[],
  picture: Picture,
): ModelView {
  const { id, name, digest } = entry;
  const here = new Set(machines.flatMap(({ id: one, phase }) => (phase === 'lost' ? [] : [one])));
  const holders = [...entry.holders.values()].filter(({ machineId }) => here.has(machineId));
  const offers = holders.flatMap(({ upstream }) => upstream.offer ?? []);
  const runs = picture.runs.filter(({ model }) => model === id);
  const { contextLength, capabilities } = summarise(entry);
  return {
    ...{ id, name, contextLength, capabilities: { ...capabilities } },
    ...(digest !== undefined && { digest }),
    machines: holders.length,
    machinesReady: offers.filter(({ state }) => state.phase === 'ready').length,
    slots: sum(offers, ({ slots }) => slots ?? 0),
    busySlots: sum(offers, ({ busySlots }) => busySlots),
    waiting: picture.asks.filter(({ isWaiting, model }) => isWaiting && model === id).length,
    tokensPerSecond: picture.rateOf({ model: id }),
    lines: machines.flatMap(({ id: machineId }) => {
      const ofMachine = runs.filter((run) => run.machineId === machineId);
      if (ofMachine.length === 0) return [];
      return {
        machineId,
        tokensPerSecond: picture.rateOf({ model: id, machineId }),
        answers: ofMachine.length,
        moved: ofMachine.filter(({ isMoved }) => isMoved).length,
      };
    }),
  };
}

function askersOf(picture: Picture): Asker[] {
  const callers = Map.groupBy(picture.asks, ({ caller }) => caller);
  return [...callers].flatMap(([caller, asks]) => {
    const [first] = asks;
    if (!first) return [];
    const { name, kind, client } = first;
    const positions = asks.flatMap(({ position }) => position ?? []);
    const models = Map.groupBy(asks, ({ model }) => model);
    return {
      id: caller,
      ...{ name, kind, client },
      tokensPerSecond: picture.rateOf({ caller }),
      ...countsOf(asks),
      ...(positions.length > 0 && { firstPosition: Math.min(...positions) }),
      models: [...models].map(([id, ofModel]) => ({
        id,
        tokensPerSecond: picture.rateOf({ caller, model: id }),
        ...countsOf(ofModel),
      })),
    };
  });
}

function countsOf(asks: readonly LiveAsk[]): { answers: number; waiting: number } {
  const waiting = asks.filter(({ isWaiting }) => isWaiting).length;
  return { answers: asks.length - waiting, waiting };
}

function sum<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((total, item) => total + figure(item), 0);
}
