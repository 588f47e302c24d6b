import type { AdvertisedModel } from '../../core/node.ts';
import type { Upstream } from '../ports.ts';

/** One model on one machine. */
export interface Holder {
  readonly machineId: string;
  readonly machineName: string;
  readonly model: AdvertisedModel;
  readonly upstream: Upstream;
  /** Gets new work: shares, is connected, is not draining and not quarantined. */
  readonly isUsable: boolean;
  /** The machine that runs this gateway: only visitors reach it through a pool. */
  readonly isThisMachine: boolean;
}

/** One model of a pool, whatever machines hold it. */
export interface ModelEntry {
  /** Unique in the pool. */
  readonly id: string;
  /** `id@1a2b3c4d`: means these weights whoever else uses the id. */
  readonly exactId: string;
  readonly name: string;
  readonly digest: string | undefined;
  /** Epoch milliseconds when the first machine offered it. */
  readonly since: number;
  /** Every id under which a machine offers it. */
  readonly ids: ReadonlyMap<string, number>;
  readonly holders: ReadonlyMap<string, Holder>;
  /** Holders that get work. The arrays stay the same objects until something changes. */
  usable(includingThisMachine: boolean): readonly Upstream[];
}

/** How many digits of a digest follow `@` where two models claim one id. */
export const shortDigestLength = 8;

/**
 * The models of one pool, merged by digest and kept up to date machine by machine.
 *
 * An id belongs to the digest that most machines offer under it (at a tie to the one that came last);
 * the others keep theirs as `id@1a2b3c4d`, the first eight digits of the digest. Without a digest
 * nothing proves that two files are the same: such offers are merged by id among themselves only.
 */
export class ModelIndex {
  private readonly groups = new Map<string, Group>();
  /** Who offers something under an id, by that id. */
  private readonly claimants = new Map<string, Set<Group>>();
  private readonly byName = new Map<string, Group>();
  private readonly byMachine = new Map<string, readonly Holder[]>();
  private readonly now: () => number;
  private created = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  /** What a machine holds from now on; nothing removes it. */
  set(machineId: string, holders: readonly Holder[]): void {
    const touched = new Set<string>();
    for (const holder of this.byMachine.get(machineId) ?? []) this.remove(holder, touched);
    if (holders.length > 0) this.byMachine.set(machineId, holders);
    else this.byMachine.delete(machineId);
    for (const holder of holders) this.add(holder, touched);
    this.nameAgain(touched);
  }

  entries(): Iterable<ModelEntry> {
    return this.groups.values();
  }

  /** By id, by another machine's id for the same digest, or by `id@1a2b3c4d`. */
  find(name: string): ModelEntry | undefined {
    const known = this.byName.get(name);
    if (known) return known;
    const at = name.lastIndexOf('@');
    if (at <= 0) return undefined;
    const suffix = name.slice(at + 1).toLowerCase();
    if (suffix.length < shortDigestLength) return undefined;
    for (const group of this.claimants.get(name.slice(0, at)) ?? []) {
      if (group.digest?.startsWith(suffix)) return group;
    }
    return undefined;
  }

  byDigest(digest: string): ModelEntry | undefined {
    return this.groups.get(digest);
  }

  /** `id@machine`, by the machine's id or name. */
  findPinned(name: string): { readonly entry: ModelEntry; readonly machineId: string } | undefined {
    const at = name.lastIndexOf('@');
    if (at <= 0) return undefined;
    const id = name.slice(0, at);
    const machine = name.slice(at + 1);
    const lowerCase = machine.toLowerCase();
    const direct = this.byName.get(id);
    const groups = this.claimants.get(id) ?? (direct ? [direct] : []);
    for (const group of groups) {
      const held = group.holders.get(machine) ?? named(group, lowerCase);
      if (held) return { entry: group, machineId: held.machineId };
    }
    return undefined;
  }

  private add(holder: Holder, touched: Set<string>): void {
    const { id, digest } = holder.model;
    const key = digest ?? `id:${id}`;
    let group = this.groups.get(key);
    if (!group) {
      this.created += 1;
      group = new Group({ key, digest, order: this.created, since: this.now() });
      this.groups.set(key, group);
    }
    group.add(holder);
    const claimants = this.claimants.get(id) ?? new Set();
    this.claimants.set(id, claimants.add(group));
    for (const claimed of group.ids.keys()) touched.add(claimed);
  }

  private remove(holder: Holder, touched: Set<string>): void {
    const { id, digest } = holder.model;
    const group = this.groups.get(digest ?? `id:${id}`);
    if (!group) return;
    for (const claimed of group.ids.keys()) touched.add(claimed);
    group.remove(holder);
    if (!group.ids.has(id)) this.claimants.get(id)?.delete(group);
    if (group.holders.size === 0) {
      this.groups.delete(group.key);
      this.byName.delete(group.id);
    }
  }

  private nameAgain(ids: ReadonlySet<string>): void {
    const affected = new Set<Group>();
    for (const id of ids) {
      const claimants = this.claimants.get(id);
      this.byName.delete(id);
      if (claimants === undefined || claimants.size === 0) {
        this.claimants.delete(id);
        continue;
      }
      const owner = [...claimants].reduce((best, group) => (precedes(group, best) ? group : best));
      this.byName.set(id, owner);
      for (const group of claimants) affected.add(group);
    }
    for (const group of affected) this.rename(group);
  }

  private rename(group: Group): void {
    if (this.byName.get(group.id) === group && !group.ids.has(group.id)) {
      this.byName.delete(group.id);
    }
    const own = [...group.ids].filter(([id]) => this.byName.get(id) === group);
    const [id] = mostUsed(own.length > 0 ? own : [...group.ids]);
    group.id = own.length > 0 ? id : group.exactId;
    this.byName.set(group.id, group);
  }
}

class Group implements ModelEntry {
  readonly key: string;
  readonly digest: string | undefined;
  /** Later ones are greater. */
  readonly order: number;
  readonly since: number;
  readonly ids = new Map<string, number>();
  readonly holders = new Map<string, Holder>();
  id = '';
  private all: readonly Upstream[] | undefined;
  private others: readonly Upstream[] | undefined;

  constructor(facts: Pick<Group, 'key' | 'digest' | 'order' | 'since'>) {
    this.key = facts.key;
    this.digest = facts.digest;
    this.order = facts.order;
    this.since = facts.since;
  }

  get exactId(): string {
    const [id] = mostUsed([...this.ids]);
    return `${id}@${this.suffix()}`;
  }

  get name(): string {
    const [id] = mostUsed([...this.ids]);
    for (const { model } of this.holders.values()) if (model.id === id) return model.name;
    return id;
  }

  add(holder: Holder): void {
    const { id } = holder.model;
    this.ids.set(id, (this.ids.get(id) ?? 0) + 1);
    // A machine may have one file under two ids: both are names of it, one is where it is asked.
    if (!this.holders.has(holder.machineId)) this.holders.set(holder.machineId, holder);
    this.changed();
  }

  remove(holder: Holder): void {
    const { id } = holder.model;
    const left = (this.ids.get(id) ?? 0) - 1;
    if (left > 0) this.ids.set(id, left);
    else this.ids.delete(id);
    if (this.holders.get(holder.machineId) === holder) this.holders.delete(holder.machineId);
    this.changed();
  }

  usable(includingThisMachine: boolean): readonly Upstream[] {
    this.all ??= [...this.holders.values()]
      .filter(({ isUsable }) => isUsable)
      .map(({ upstream }) => upstream);
    if (includingThisMachine) return this.all;
    this.others ??= [...this.holders.values()]
      .filter(({ isUsable, isThisMachine }) => isUsable && !isThisMachine)
      .map(({ upstream }) => upstream);
    return this.others;
  }

  private suffix(): string {
    if (this.digest !== undefined) return this.digest.slice(0, shortDigestLength);
    const [first] = this.holders.values();
    return first?.machineName ?? '';
  }

  private changed(): void {
    this.all = undefined;
    this.others = undefined;
  }
}

function named(group: Group, lowerCaseName: string): Holder | undefined {
  for (const holder of group.holders.values()) {
    if (holder.machineName.toLowerCase() === lowerCaseName) return holder;
  }
  return undefined;
}

function precedes(group: Group, other: Group): boolean {
  if (group.holders.size !== other.holders.size) return group.holders.size > other.holders.size;
  return group.order > other.order;
}

/** The most used, at a tie the shortest, then the first in the alphabet. */
function mostUsed(ids: readonly (readonly [string, number])[]): readonly [string, number] {
  return ids.reduce(
    (best, id) => {
      if (id[1] !== best[1]) return id[1] > best[1] ? id : best;
      if (id[0].length !== best[0].length) return id[0].length < best[0].length ? id : best;
      return id[0] < best[0] ? id : best;
    },
    ids[0] ?? ['', 0],
  );
}
