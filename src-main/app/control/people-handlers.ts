import type { LimitUse } from '../../contract/limits.ts';
import type { ControlHandlers } from '../../contract/control.ts';
import type { Account } from '../../contract/people.ts';
import { MillpondError } from '../../core/error.ts';
import type { AccountRole, IssuedCode } from '../../gateway/people/accounts.ts';
import type { People } from '../../gateway/people/create-people.ts';
import { readPeopleCsv } from '../../gateway/people/people-csv.ts';
import type { StoredPerson } from '../../gateway/people/ports.ts';

interface PeopleHandlersDeps {
  readonly people: Pick<People, 'accounts' | 'pools' | 'scopes' | 'devices'>;
  readonly keys: {
    list(personId: string): readonly { readonly lastUsedAt?: number | undefined }[];
  };
  readonly sessions: { lastUsedAt(personId: string): number | undefined };
  /** How far each limit of the person is used. */
  readonly usesOf: (personId: string) => readonly LimitUse[];
}

/** Accounts at the gateway as a whole. */
export function createPeopleHandlers(deps: PeopleHandlersDeps): ControlHandlers['people'] {
  const { accounts } = deps.people;
  const view = (person: StoredPerson): Account => viewOf(person, deps);
  const made = ({ person, code, expiresAt }: IssuedCode & { readonly person: StoredPerson }) => ({
    ...{ person: view(person), code, expiresAt },
  });
  return {
    list: () => ({ people: accounts.list().map(view) }),
    create: async (wish, { personId }) => made(await accounts.create({ ...wish, by: personId })),
    async importCsv({ csv, pools }, { personId }) {
      const { people, problems } = readPeopleCsv(csv);
      const created: ReturnType<typeof made>[] = [];
      const refused = [...problems];
      for (const { line, name, role } of people) {
        try {
          created.push(made(await accounts.create({ name, role, pools, by: personId })));
        } catch (error) {
          refused.push({ line, message: lineMessage(error) });
        }
      }
      return { made: created, problems: refused.toSorted((a, b) => a.line - b.line) };
    },
    update: async ({ id, ...change }, { personId }) =>
      view(await accounts.update(id, { ...change, by: personId })),
    async remove({ id }, { personId }) {
      await accounts.remove(id, { by: personId });
      return {};
    },
    resetPassword: ({ id }, { personId }) => accounts.resetPassword(id, { by: personId }),
  };
}

/** What is wrong with one line is told there; what is wrong with everything ends the import. */
function lineMessage(error: unknown): string {
  const { code, message } = MillpondError.from(error);
  if (code === 'conflict' || code === 'forbidden' || code === 'invalid-request') return message;
  throw error;
}

function viewOf(person: StoredPerson, deps: PeopleHandlersDeps): Account {
  const { people, keys, sessions, usesOf } = deps;
  const { id, name, createdAt, passwordHash, code, limits } = person;
  const role = people.accounts.roleOf(id);
  const theirKeys = keys.list(id);
  const pools = people.pools.listFor(id).flatMap((pool) => {
    const role = people.scopes.role(id, pool.id);
    return role === undefined ? [] : [{ id: pool.id, name: pool.name, role }];
  });
  const seen = [
    sessions.lastUsedAt(id),
    ...theirKeys.map(({ lastUsedAt }) => lastUsedAt),
    ...pools.flatMap((pool) =>
      people.devices.ofPerson(pool.id, id).map(({ lastSeenAt }) => lastSeenAt),
    ),
  ].filter((at) => at !== undefined);
  return {
    ...{ id, name, createdAt, pools },
    ...(role === undefined ? { role: roleInPools(pools), isPoolOnly: true } : { role }),
    ...(seen.length > 0 && { lastSeenAt: Math.max(...seen) }),
    hasPassword: passwordHash !== undefined,
    ...(code !== undefined && { codeUntil: code.expiresAt }),
    keys: theirKeys.length,
    ...(limits !== undefined && { limits }),
    uses: [...usesOf(id)],
  };
}

/** Whoever came in through pools alone is shown as what they are there; the gateway gives them nothing. */
function roleInPools(pools: Account['pools']): AccountRole {
  if (pools.some(({ role }) => role === 'admin')) return 'admin';
  return pools.some(({ role }) => role === 'member') ? 'member' : 'viewer';
}
