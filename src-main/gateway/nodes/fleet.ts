import type { Clock } from '../../core/clock.ts';
import type { KnownMembership, NodeLink, RefusalReason } from '../../tunnel/ports.ts';
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

/** How long new pools and devices may take to be met. */
const reviewAfterMs = 250;

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
  /** Its membership is over. */
  ended?(machine: Machine): void;
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
  private stopReview: (() => void) | undefined;

  constructor(deps: FleetDeps) {
    this.deps = deps;
    const { people, gatewayMachine } = deps;
    this.stopWatching = [
      people.onChanged(() => {
        this.reviewSoon();
      }),
      people.onMembershipChanged((membership) => {
        this.membershipChanged(membership);
      }),
      people.onMembershipEnded((id, { reason, message }) => {
        this.end(id, reason, message);
      }),
      gatewayMachine.onChanged(() => {
        this.shareOwn();
      }),
    ];
    this.review();
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

  /** Milliseconds since its connection broke; undefined for who is here, or away on purpose. */
  lostMs(machineId: string): number | undefined {
    const standing = this.machines.get(machineId)?.standing;
    return standing?.phase === 'lost' ? this.deps.clock.now() - standing.since : undefined;
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
    if (machine.link?.isOnline === true) this.deps.people.seen(machine.id);
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
    this.stopReview?.();
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

  /** Somebody was only seen, most of the time: what follows from that can wait a moment. */
  private reviewSoon(): void {
    this.stopReview ??= this.deps.clock.after(reviewAfterMs, () => {
      this.stopReview = undefined;
      this.review();
    });
  }

  /** Meets pools and devices that are new, and forgets pools that have ended. */
  private review(): void {
    const { people } = this.deps;
    const pools = people.pools();
    const poolIds = new Set(pools.map(({ id }) => id));
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

  private membershipChanged(membership: KnownMembership): void {
    const device = this.deps.people.device(membership.membershipId);
    const machine = this.machines.get(membership.membershipId);
    if (!device || !machine) return;
    machine.device = device;
    machine.touch();
    machine.link?.update(membership);
    this.update(machine);
  }

  private end(id: string, reason: RefusalReason, message: string): void {
    const machine = this.machines.get(id);
    if (!machine) return;
    this.cleanups.get(id)?.();
    this.cleanups.delete(id);
    this.lostTimers.get(id)?.();
    this.lostTimers.delete(id);
    this.machines.delete(id);
    const { poolId } = machine.device;
    this.indices.get(poolId)?.set(id, []);
    machine.link?.refuse(reason, message);
    for (const listener of this.listeners) {
      listener.ended?.(machine);
      listener.candidates?.();
      listener.offered?.(poolId);
      listener.shown?.(poolId);
    }
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

const revokedSentence =
  'This machine is no longer a member of the pool; ask its owner for a new invite';
