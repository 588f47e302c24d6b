import type { ControlContract } from '../../contract/control.ts';
import { MillpondError } from '../../core/error.ts';
import type { PoolRole } from '../../core/node.ts';
import type { PeopleState } from './people-state.ts';
import { roleRank } from './scopes.ts';
import type { Scopes } from './scopes.ts';

/**
 * What a call is about.
 *
 * - `pool`, `machine`, `invite`: what its `id` names; the role in that pool is what counts
 * - `gateway`: the gateway as a whole; roles in pools give nothing
 * - `everybody`: what everybody here did; for all whose role at the gateway lets them see that
 */
type About = 'pool' | 'machine' | 'invite' | 'gateway' | 'everybody';

interface Rule {
  readonly role: PoolRole;
  /** Absent: the best role that the person has anywhere here. */
  readonly about?: About;
}

type Rules = {
  readonly [S in keyof ControlContract]?: {
    readonly [K in keyof ControlContract[S]]?: Rule;
  };
};

const lookingOn: Rule = { role: 'viewer', about: 'everybody' };
const running: Rule = { role: 'admin', about: 'gateway' };

/**
 * What people besides the owner may do. Everything that is not named here belongs to the owner of this
 * machine alone: chats, models, settings, what this machine shares.
 *
 * A call without `about` is about the person who makes it: its handler gives everybody their own.
 */
export const rules: Rules = {
  session: { me: { role: 'viewer' }, close: { role: 'viewer' } },
  server: {
    status: { role: 'viewer' },
    createKey: { role: 'member' },
    listKeys: { role: 'member' },
    updateKey: { role: 'member' },
    revokeKey: { role: 'member' },
    modelLimits: running,
    setModelLimits: running,
  },
  activity: { list: lookingOn, get: lookingOn, cancel: running },
  usage: { report: { role: 'viewer' }, export: { role: 'viewer' } },
  alerts: {
    ...{ list: lookingOn, settings: running, update: running, test: running },
    ...{ secret: running, newSecret: running },
  },
  audit: { list: running, export: running },
  config: { status: running, check: running, export: running, import: running },
  people: {
    ...{ list: running, create: running, importCsv: running, update: running },
    ...{ remove: running, resetPassword: running },
  },
  providers: {
    ...{ presets: running, list: running, add: running, update: running, remove: running },
    ...{ addKey: running, removeKey: running, check: running, reset: running },
  },
  aliases: { list: running, save: running, remove: running },
  prices: { list: running, set: running, remove: running },
  pools: {
    list: { role: 'viewer' },
    setPassword: { role: 'viewer' },
    overview: { role: 'viewer', about: 'pool' },
    members: { role: 'viewer', about: 'pool' },
    ledger: { role: 'viewer', about: 'pool' },
    machine: { role: 'viewer', about: 'machine' },
    update: { role: 'admin', about: 'pool' },
    invites: { role: 'admin', about: 'pool' },
    createInvite: { role: 'admin', about: 'pool' },
    createInvites: { role: 'admin', about: 'pool' },
    revokeInvite: { role: 'admin', about: 'invite' },
    updateMember: { role: 'admin', about: 'pool' },
    removeMember: { role: 'admin', about: 'pool' },
    updateMachine: { role: 'admin', about: 'machine' },
    drainMachine: { role: 'admin', about: 'machine' },
    revokeMachine: { role: 'admin', about: 'machine' },
    commandMachine: { role: 'admin', about: 'machine' },
    probeMachine: { role: 'admin', about: 'machine' },
  },
};

const ownerOnly: Rule = { role: 'owner' };

/** Live topics and whom they are for; all others are the owner's. */
const topics: Readonly<Record<string, Rule>> = {
  'pools.changed': { role: 'viewer' },
  'activity.changed': lookingOn,
  'alerts.raised': lookingOn,
  'people.changed': running,
  'config.changed': running,
  'providers.changed': running,
  'providers.removed': running,
  'aliases.changed': running,
};

/** Who may make which control call, and hear what. */
export class Permissions {
  private readonly state: PeopleState;
  private readonly scopes: Scopes;

  constructor(state: PeopleState, scopes: Scopes) {
    this.state = state;
    this.scopes = scopes;
  }

  /**
   * Throws `forbidden` when the person may not make the call, and `not-found` when what it is about
   * does not exist for them.
   */
  check(
    personId: string,
    call: { readonly section: string; readonly name: string },
    input: unknown,
  ) {
    const best = this.scopes.role(personId);
    if (best === 'owner') return;
    const rule = ruleOf(call.section, call.name);
    const { role, about } = rule;
    const actual = role === 'owner' ? best : this.roleAbout(personId, about, idOf(input));
    if (actual === undefined && isPlace(about)) {
      throw new MillpondError('not-found', `There is no such ${about} here`);
    }
    if (actual !== undefined && roleRank[actual] >= roleRank[role]) return;
    throw new MillpondError('forbidden', `Only ${who(rule)} may do this; ask them`, {
      reason: 'role-needed',
    });
  }

  /** Whether a live message may be told to the person. */
  mayHear(personId: string, topic: string, data: unknown): boolean {
    const best = this.scopes.role(personId);
    if (best === 'owner') return true;
    if (best === undefined) return false;
    if (topic === 'pools.overview') {
      return this.roleIn(personId, idOf(data, 'poolId')) !== undefined;
    }
    const rule = Object.hasOwn(topics, topic) ? topics[topic] : undefined;
    const actual = rule && this.roleAbout(personId, rule.about);
    return rule !== undefined && actual !== undefined && roleRank[actual] >= roleRank[rule.role];
  }

  /** Undefined where the person is nobody. */
  private roleAbout(personId: string, about: About | undefined, id?: string): PoolRole | undefined {
    switch (about) {
      case undefined:
        return this.scopes.role(personId);
      case 'gateway':
        return this.scopes.gatewayRole(personId);
      case 'everybody':
        return this.scopes.seesEverybody(personId) ? this.scopes.gatewayRole(personId) : undefined;
      default:
        return this.roleIn(personId, this.poolOf(about, id));
    }
  }

  private roleIn(personId: string, poolId: string | undefined): PoolRole | undefined {
    return poolId === undefined ? undefined : this.scopes.role(personId, poolId);
  }

  private poolOf(about: Place, id: string | undefined): string | undefined {
    if (id === undefined) return undefined;
    switch (about) {
      case 'pool':
        return id;
      case 'machine':
        return this.state.device(id)?.poolId;
      case 'invite':
        return this.state.invite(id)?.poolId;
    }
  }
}

function who({ role, about }: Rule): string {
  if (role === 'owner') return 'the owner';
  if (about === 'everybody') return 'the owner, admins and viewers';
  return isPlace(about) ? `its owner or ${role}s` : `the owner or ${role}s`;
}

type Place = Exclude<About, 'gateway' | 'everybody'>;

function isPlace(about: About | undefined): about is Place {
  return about === 'pool' || about === 'machine' || about === 'invite';
}

/** The rule of a call; the owner's alone where none is written down. */
export function ruleOf(section: string, name: string): Rule {
  const table: Readonly<Record<string, Readonly<Record<string, Rule>>>> = rules;
  return table[section]?.[name] ?? ownerOnly;
}

function idOf(value: unknown, field = 'id'): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const id: unknown = Object.entries(value).find(([name]) => name === field)?.[1];
  return typeof id === 'string' ? id : undefined;
}
