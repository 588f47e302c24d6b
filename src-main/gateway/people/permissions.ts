import type { ControlContract } from '../../contract/control.ts';
import { MillpondError } from '../../core/error.ts';
import type { PoolRole } from '../../core/node.ts';
import type { PeopleState } from './people-state.ts';
import { roleRank } from './scopes.ts';
import type { Scopes } from './scopes.ts';

/** What the `id` of a call names: the role in its pool is what counts. */
type About = 'pool' | 'machine' | 'invite';

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

/**
 * What people besides the owner may do. Everything that is not named here belongs to the owner of this
 * machine alone: chats, models, settings, other people's activity.
 */
export const rules: Rules = {
  session: { me: { role: 'viewer' }, close: { role: 'viewer' } },
  server: {
    status: { role: 'viewer' },
    createKey: { role: 'member' },
    revokeKey: { role: 'member' },
  },
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

/** Live topics that say no more than that a list is worth asking for again. */
const topicsForAll: ReadonlySet<string> = new Set(['pools.changed']);

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
    const { role, about } = ruleOf(call.section, call.name);
    const poolId = about === undefined ? undefined : this.poolOf(about, idOf(input));
    const actual = about === undefined || role === 'owner' ? best : this.roleIn(personId, poolId);
    if (actual === undefined && about !== undefined) {
      throw new MillpondError('not-found', `There is no such ${about} here`);
    }
    if (actual !== undefined && roleRank[actual] >= roleRank[role]) return;
    const who = role === 'owner' ? 'the owner' : `its owner or ${role}s`;
    throw new MillpondError('forbidden', `Only ${who} may do this; ask them`, {
      reason: 'role-needed',
    });
  }

  /** Whether a live message may be told to the person. */
  mayHear(personId: string, topic: string, data: unknown): boolean {
    const best = this.scopes.role(personId);
    if (best === 'owner') return true;
    if (best === undefined) return false;
    if (topic !== 'pools.overview') return topicsForAll.has(topic);
    return this.roleIn(personId, idOf(data, 'poolId')) !== undefined;
  }

  private roleIn(personId: string, poolId: string | undefined): PoolRole | undefined {
    return poolId === undefined ? undefined : this.scopes.role(personId, poolId);
  }

  private poolOf(about: About, id: string | undefined): string | undefined {
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
