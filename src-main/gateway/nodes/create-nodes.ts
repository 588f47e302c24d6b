import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { TokenUsage } from '../../core/usage.ts';
import type { Logger } from '../../platform/logger.ts';
import { canaryTargets } from './canary-targets.ts';
import { commandMachine } from './command-machine.ts';
import { createNodeDirectory } from './directory.ts';
import { EventJournal, keptEvents } from './event-journal.ts';
import { Fleet } from './fleet.ts';
import { Ledger } from './ledger.ts';
import type { Machine } from './machine.ts';
import { rememberMachines } from './remember-machines.ts';
import { createNewsTeller } from './news-teller.ts';
import type { Nodes, PoolHappening } from './nodes.ts';
import { type OverviewDeps, poolOverview } from './overview.ts';
import { OverviewFeed } from './overview-feed.ts';
import { machineView } from './machine-view.ts';
import type {
  GatewayMachineSource,
  LiveAsks,
  NodeProofs,
  NodeRates,
  NodesPeople,
  NodesStores,
  StoredMachine,
  StoredPoolEvent,
} from './ports.ts';
import { RateMemory } from './rate-memory.ts';
import { RecentTokens } from './recent-tokens.ts';
import { Runs } from './runs.ts';
import { isPresent } from './standing.ts';
import { tellStandings } from './standing-events.ts';

export interface NodesDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly people: NodesPeople;
  readonly rates: NodeRates;
  readonly asks: LiveAsks;
  readonly proofs: NodeProofs;
  readonly gatewayMachine: GatewayMachineSource;
  readonly stores: NodesStores;
  /** What the owner of a machine earns for an answer, in millionths of a US dollar; nothing if absent. */
  readonly creditMicros?: (answer: CreditedAnswer) => number;
  /** For the chaos suite: nothing of what was answered reaches the books. */
  readonly isSettlementOff?: boolean;
}

interface CreditedAnswer {
  readonly model: string;
  readonly usage: TokenUsage;
}

/** Events of one machine that its page shows. */
const shownMachineEvents = 200;
const contributorWeight = 2;

/** Reads what earlier runs left and begins. Machines come with `connected`. */
export async function createNodes(deps: NodesDeps): Promise<Nodes> {
  const { clock, people, stores } = deps;
  const logger = deps.logger.child({ component: 'nodes' });
  const [ledger, stored, remembered, measured] = await Promise.all([
    Ledger.open({ clock, logger, store: stores.ledger, nameOf: people.nameOf }),
    stores.events.newest(keptEvents),
    stores.machines.list(),
    stores.rates.list(),
  ]);
  const rates = new RateMemory(deps.rates, measured);
  const parts = assemble({ ...deps, logger, ledger, stored, remembered, rates });
  return { ...reads(parts), ...actions(parts) };
}

interface Parts extends OverviewDeps {
  readonly creditMicros?: (answer: CreditedAnswer) => number;
  readonly isSettlementOff?: boolean;
  readonly people: NodesPeople;
  readonly feed: OverviewFeed;
  readonly close: () => Promise<void>;
}

function assemble(
  opened: NodesDeps & {
    readonly ledger: Ledger;
    readonly rates: RateMemory;
    readonly stored: readonly StoredPoolEvent[];
    readonly remembered: readonly StoredMachine[];
  },
): Parts {
  const { clock, logger, people, rates, proofs, stores, ledger } = opened;
  const tokens = new RecentTokens(clock);
  const runs = new Runs((run) => tokens.counter(run));
  const fleet = new Fleet({
    clock,
    people,
    gatewayMachine: opened.gatewayMachine,
    offers: { rates, runs, isQuarantined: proofs.isQuarantined },
    remembered: new Map(opened.remembered.map((machine) => [machine.membershipId, machine])),
  });
  const feed = new OverviewFeed({
    clock,
    pools: () => people.pools().map(({ id }) => id),
    isMoving: (poolId) => isMoving(poolId, parts),
    compute: (poolId) => poolOverview(poolId, parts),
  });
  const { stored } = opened;
  const events = new EventJournal({
    ...{ clock, logger, stored },
    store: stores.events,
    onAdded: feed.changed,
  });
  const keeper = rememberMachines({ fleet, rates, clock, logger, stores });
  const stops = [
    fleet.listen({ shown: feed.changed }),
    tellStandings({
      ...{ fleet, clock, logger },
      happened: (happening) => {
        events.add(happening);
      },
    }),
    createNewsTeller({ fleet, people, clock }),
    proofs.onChanged((machineId) => {
      fleet.reconsider(machineId);
    }),
  ];
  const close = async (): Promise<void> => {
    for (const stop of stops) stop();
    feed.close();
    tokens.close();
    await Promise.all([keeper.close(), events.close(), ledger.close()]);
    fleet.close();
  };
  const parts: Parts = { ...opened, tokens, runs, fleet, feed, events, close };
  return parts;
}

function isMoving(poolId: string, { runs, tokens, asks }: Parts): boolean {
  for (const run of runs.current()) if (run.poolId === poolId) return true;
  return (
    tokens.rates(poolId).length > 0 ||
    asks.list().some(({ isWaiting, pools }) => isWaiting && pools.includes(poolId))
  );
}

function reads(parts: Parts) {
  const { fleet, feed, ledger, people, events } = parts;
  return {
    directory: createNodeDirectory(fleet),
    canaries: { targets: () => canaryTargets(fleet, parts.proofs) },
    isOnline: (membershipId) => fleet.find(membershipId)?.link?.isOnline === true,
    counts(poolId) {
      const machines = fleet.inPool(poolId).filter(({ isServing }) => isServing);
      const machinesOnline = machines.filter(({ standing }) => isPresent(standing.phase)).length;
      return { machines: machines.length, machinesOnline };
    },
    overview(poolId) {
      if (people.pools().some(({ id }) => id === poolId)) return poolOverview(poolId, parts);
      throw new MillpondError('not-found', 'This gateway has no such pool');
    },
    onOverview: (listener) => feed.listen(listener),
    machine(id) {
      const machine = find(fleet, id);
      const { poolId } = machine.device;
      const rate = parts.tokens
        .rates(poolId)
        .filter(({ machineId }) => machineId === id)
        .reduce((sum, { tokensPerSecond }) => sum + tokensPerSecond, 0);
      return {
        machine: machineView(machine, rate, parts),
        events: events.ofMachine(poolId, id, shownMachineEvents),
      };
    },
    ledger: (poolId, days) => ledger.lines(poolId, days),
    totals(poolId, personId) {
      const { servedTokens, consumedTokens } = ledger.ofPerson(poolId, personId);
      return { servedTokens, consumedTokens };
    },
    queueWeight: (poolId, personId) =>
      ledger.balance(poolId, personId) > 0 ? contributorWeight : 1,
  } satisfies Partial<Nodes>;
}

function actions(parts: Parts) {
  const { fleet, events, ledger, runs, close } = parts;
  return {
    connected: (link) => {
      fleet.connect(link);
    },
    errorReported: (membershipId, { code, message }) => {
      const machine = fleet.find(membershipId);
      if (!machine) return;
      const { poolId, name, personName } = machine.device;
      events.add({
        ...{ poolId, machineId: membershipId, machine: name, person: personName },
        kind: 'error-reported',
        reason: `${code}: ${message}`,
      });
    },
    happened: (happening) => {
      events.add({ ...machineNamed(fleet, happening), ...happening });
    },
    ended: (record, keyId = '') => {
      const served = runs.take(record.id);
      const { usage, personId, model } = record;
      if (usage === undefined || personId === undefined || parts.isSettlementOff === true) return 0;
      return ledger.settle({
        ...{ personId, keyId, usage },
        isDone: record.state === 'done',
        parts: served,
        creditMicros: parts.creditMicros?.({ model, usage }) ?? 0,
      });
    },
    drain: async (machineId) => {
      const machine = find(fleet, machineId);
      if (!machine.link?.isOnline) {
        throw new MillpondError('conflict', `${machine.device.name} is not connected`);
      }
      machine.isDrained = true;
      fleet.update(machine);
      await machine.link.drain('The owner of the pool takes this machine out for now');
    },
    probe: (machineId) => {
      parts.proofs.forget(find(fleet, machineId).id);
    },
    command: (machineId, command, signal) =>
      commandMachine(find(fleet, machineId), command, signal),
    close,
  } satisfies Partial<Nodes>;
}

/** Others know machines by name only. */
function machineNamed(fleet: Fleet, { poolId, machine: name }: PoolHappening) {
  if (name === undefined) return {};
  const machine = fleet.inPool(poolId).find(({ device }) => device.name === name);
  return machine && { machineId: machine.id };
}

function find(fleet: Fleet, id: string): Machine {
  const machine = fleet.find(id);
  if (machine?.isServing === true) return machine;
  throw new MillpondError('not-found', 'There is no such machine in a pool of this gateway');
}
