import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { readInviteCsv } from './invite-csv.ts';
import type { InviteCsvProblem, InviteTerms } from './invite-csv.ts';
import type { Invites, MadeInvite } from './invites.ts';

export interface InviteList {
  readonly poolId: string;
  readonly csv: string;
  /** Counts where a line leaves something open. */
  readonly terms: InviteTerms;
  /** The person who invites. */
  readonly by: string;
}

export interface InvitedAll {
  /** In the order of the list. */
  readonly invites: readonly (MadeInvite & { readonly name: string })[];
  readonly problems: readonly InviteCsvProblem[];
}

interface InviteAllDeps {
  readonly invites: Pick<Invites, 'createAll' | 'refuseWish'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Makes the invites of a list: every one, or none and what is wrong with which line. */
export async function inviteAll(
  { invites, clock }: InviteAllDeps,
  { poolId, csv, terms, by }: InviteList,
): Promise<InvitedAll> {
  const read = readInviteCsv(csv, { terms, now: clock.now() });
  const refused = read.invites.flatMap(({ line, terms: own }) =>
    problemOf(line, () => {
      invites.refuseWish(poolId, { ...own, by });
    }),
  );
  const problems = [...read.problems, ...refused].toSorted((a, b) => a.line - b.line);
  if (problems.length > 0) return { invites: [], problems };
  if (read.invites.length === 0) {
    throw new MillpondError('invalid-request', 'The list is empty; write one name a line', {
      param: 'csv',
    });
  }
  const wishes = read.invites.map(({ terms: own }) => ({ ...own, by }));
  const made = await invites.createAll(poolId, wishes);
  return {
    invites: made.map((each, index) => ({ ...each, name: read.invites[index]?.name ?? '' })),
    problems,
  };
}

const columnOf: Readonly<Record<string, string>> = { role: 'role', expiresAt: 'expires' };

/** What is wrong with one line is told there; what is wrong with everything ends the whole. */
function problemOf(line: number, refuse: () => void): readonly InviteCsvProblem[] {
  try {
    refuse();
    return [];
  } catch (error) {
    const { param, message } = MillpondError.from(error);
    const column = param === undefined ? undefined : columnOf[param];
    if (column === undefined) throw error;
    return [{ line, column, message }];
  }
}
