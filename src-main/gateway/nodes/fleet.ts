import type { Clock } from '../../core/clock.ts';
import type { NodeLink } from '../../tunnel/ports.ts';
import { Machine, type MachineIdentity, type RememberedMachine, thisMachineId } from './machine.ts';
import type { OfferDeps } from './machine-offers.ts';
import { ModelIndex } from './model-index.ts';
import type { GatewayMachine, GatewayMachineSource, NodesPeople, PoolDevice } from './ports.ts';
import { lostForMs, type Standing } from './standing.ts';

interface FleetDeps {
  readonly clock: Clock;
  readonly people: NodesPeople;
  readonly gatewayMachine: GatewayMachineSource;
  readonly offers: OfferDeps;
  readonly remembered: ReadonlyMap<string, RememberedMachine>;
}

export interface FleetListener {
  /** Its standing changed; `before` is what it was. */
  standing?(machine: Machine, before: Standing): void;
  /** Models, figures or anything else that is shown of a pool changed. */
  shown?(poolId: string): void;
  /** Candidates came, went or have more room. */
  candidates?(): void;
  /** Models of a pool, or who may read there, changed. */
  offered?(poolId: string): void;
  connected?(machine: Machine): void;
}

/** Every device that is or was connected, and the models of each pool. */
export class Fleet {
  private readonly deps: FleetDeps;
  private readonly machines = new Map<string, Machine>();
  /** The gateway's own machine, once for each pool. */
  private readonly own = new Map<string, Machine>();
  private readonly indices = new Map<string, ModelIndex>();
  private readonly listeners = new Set<FleetListener>();
  private readonly cleanups = new Map<string, () => void>();
  private readonly lostTimers = new Map<string, () => void>();
  private readonly stopWatching: readonly (() => void)[];

  constructor(deps: FleetDeps) {
    this.deps = deps;
    this.stopWatching = [
      deps.people.onChanged(() => {
        this.peopleChanged();
      }),
      deps.gatewayMachine.onChanged(() => {
        this.shareOwn();
      }),
    ];
    this.peopleChanged();
  }

  listen(listener: FleetListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  index(poolId: string): ModelIndex | undefined {
    return this.indices.get(poolId);
  }

  poolName(poolId: string): string {
    return this.deps.people.pools().find(({ id }) => id === poolId)?.name ?? '';
  }

  /** Devices of one pool; its machines are those that serve. */
  inPool(poolId: string): readonly Machine[] {
    const own = this.own.get(poolId);
    const others = [...this.machines.values()].filter(({ device }) => device.poolId === poolId);
    return own ? [own, ...others] : others;
  }

  find(id: string): Machine | undefined {
    if (id !== thisMachineId) return this.machines.get(id);
    return [...this.own.values()].find(({ isServing }) => isServing);
  }

  all(): readonly Machine[] {
    return [...this.own.values(), ...this.machines.values()];
  }

  connect(link: NodeLink): void {
    const device = this.deps.people.device(link.membershipId);
    if (!device) {
      link.refuse('membership-revoked', revokedSentence);
      return;
    }
    const machine = this.known(device);
    this.cleanups.get(machine.id)?.();
    machine.link = link;
    machine.isDrained = false;
    machine.touch();
    const offs = [
      link.on('changed', () => {
        this.update(machine);
      }),
      link.on('slots', () => {
        this.update(machine);
      }),
      link.on('closed', () => {
        this.update(machine);
      }),
    ];
    this.cleanups.set(machine.id, () => {
      for (const off of offs) off();
    });
    this.update(machine);
    for (const listener of this.listeners) listener.connected?.(machine);
  }

  /** Something outside the machine changed what it may be given, such as a verdict. */
  reconsider(machineId: string): void {
    const machine = this.machines.get(machineId);
    if (!machine) return;
    machine.touch();
    this.update(machine);
  }

  update(machine: Machine): void {
    const { clock } = this.deps;
    const change = machine.update(clock.now());
    if (change.isReindexed) this.indexOf(machine.device.poolId).set(machine.id, machine.holders);
    if (change.before.phase !== machine.standing.phase) this.watchLoss(machine);
    const { poolId } = machine.device;
    for (const listener of this.listeners) {
      if (change.before !== machine.standing) listener.standing?.(machine, change.before);
      if (change.isOfferChanged) listener.candidates?.();
      if (change.isReindexed || change.isOfferChanged) listener.offered?.(poolId);
      listener.shown?.(poolId);
    }
  }

  close(): void {
    for (const stop of this.stopWatching) stop();
    for (const stop of this.cleanups.values()) stop();
    for (const stop of this.lostTimers.values()) stop();
    this.listeners.clear();
  }

  private known(device: PoolDevice): Machine {
    const known = this.machines.get(device.membershipId);
    if (known) return known;
    const remembered = this.deps.remembered.get(device.membershipId);
    const machine = new Machine(
      { id: device.membershipId, device, ...(remembered && { remembered }) },
      this.deps.offers,
      remembered?.lastSeenAt ?? device.lastSeenAt ?? this.deps.clock.now(),
    );
    this.machines.set(machine.id, machine);
    return machine;
  }

  private indexOf(poolId: string): ModelIndex {
    const known = this.indices.get(poolId);
    if (known) return known;
    const index = new ModelIndex(() => this.deps.clock.now());
    this.indices.set(poolId, index);
    return index;
  }

  /** A lost machine counts as away once it has been gone for long. */
  private watchLoss(machine: Machine): void {
    this.lostTimers.get(machine.id)?.();
    this.lostTimers.delete(machine.id);
    if (machine.standing.phase !== 'lost') return;
    const stop = this.deps.clock.after(lostForMs, () => {
      this.lostTimers.delete(machine.id);
      this.update(machine);
    });
    this.lostTimers.set(machine.id, stop);
  }

  private peopleChanged(): void {
    const { people } = this.deps;
    const pools = people.pools();
    const poolIds = new Set(pools.map(({ id }) => id));
    for (const machine of this.machines.values()) this.membershipChanged(machine);
    for (const { id } of pools) for (const device of people.devices(id)) this.known(device);
    for (const id of this.indices.keys()) if (!poolIds.has(id)) this.indices.delete(id);
    this.shareOwn();
    for (const id of poolIds) {
      for (const listener of this.listeners) {
        listener.offered?.(id);
        listener.shown?.(id);
      }
    }
  }

  private membershipChanged(machine: Machine): void {
    const device = this.deps.people.device(machine.id);
    if (device === undefined) {
      this.end(machine);
      return;
    }
    const isSame = isSameGrant(device, machine.device);
    machine.device = device;
    if (isSame) return;
    machine.touch();
    machine.link?.update(device);
    this.update(machine);
  }

  private end(machine: Machine): void {
    this.cleanups.get(machine.id)?.();
    this.cleanups.delete(machine.id);
    this.lostTimers.get(machine.id)?.();
    this.lostTimers.delete(machine.id);
    this.machines.delete(machine.id);
    this.indices.get(machine.device.poolId)?.set(machine.id, []);
    machine.link?.refuse('membership-revoked', revokedSentence);
    for (const listener of this.listeners) listener.candidates?.();
  }

  private shareOwn(): void {
    const { people, gatewayMachine, offers, clock } = this.deps;
    const current = gatewayMachine.current();
    const pools = people.pools();
    for (const poolId of this.own.keys()) {
      if (!pools.some(({ id }) => id === poolId)) this.own.delete(poolId);
    }
    for (const { id: poolId, name: poolName } of pools) {
      let machine = this.own.get(poolId);
      if (!current && !machine) continue;
      if (current) {
        const device = ownIdentity(current, { poolId, poolName });
        machine ??= new Machine({ id: thisMachineId, device }, offers, clock.now());
        machine.device = device;
      }
      if (!machine) continue;
      this.own.set(poolId, machine);
      machine.share(current);
      this.update(machine);
    }
  }
}

function ownIdentity(
  { personId, personName, advert }: GatewayMachine,
  pool: Pick<MachineIdentity, 'poolId' | 'poolName'>,
): MachineIdentity {
  return { ...pool, personId, personName, name: advert.name, trust: 'own' };
}

/** Whether the machine and its offers need not hear of the change. */
function isSameGrant(a: PoolDevice, b: MachineIdentity): boolean {
  return (
    a.name === b.name &&
    a.trust === b.trust &&
    a.poolName === b.poolName &&
    a.personName === b.personName
  );
}

const revokedSentence =
  'This machine is no longer a member of the pool; ask its owner for a new invite';
