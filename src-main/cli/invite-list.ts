import type { InviteListProblem, ListedInvite } from '../contract/pool-people.ts';
import { MillpondError } from '../core/error.ts';
import { inviteTable } from '../core/invite-table.ts';
import type { Output } from './output.ts';
import type { VerbContext } from './verb.ts';

/** What a list may say, under `millpond invite --help`. */
export const inviteListHelp = `
A list holds one invite a line: name,expires,uses,role,trust,rights,models. Only the name
has to be there; what is left empty is as the options say. With a first line that names
them the columns may come in any order:

  name,expires,uses
  Ada,7d,1
  "Hopper, Grace",2027-01-31,any

A line that is wrong is named, and then no invite is made. The links are printed once:
  millpond invite --csv list.csv > links.csv`;

/** Throws `not-found`. */
export async function readList({ deps }: VerbContext, path: string): Promise<string> {
  const text = await deps.files.read(path);
  if (text === undefined) throw new MillpondError('not-found', `There is no file ${path}`);
  return text;
}

interface MadeList {
  readonly made: readonly ListedInvite[];
  readonly problems: readonly InviteListProblem[];
}

/** The links as a table that a spreadsheet opens. Throws `invalid-request` where a line was wrong. */
export function printList(output: Output, { made, problems }: MadeList): void {
  if (problems.length > 0) throw new MillpondError('invalid-request', problemsOf(problems));
  if (output.isJson) {
    output.json({ made });
    return;
  }
  output.write(inviteTable(made));
  output.remark('Keep the links now: they are not shown again.');
}

function problemsOf(problems: readonly InviteListProblem[]): string {
  const lines = problems.map(({ line, column, message }) => {
    const place = column === undefined ? '' : `, column ${column}`;
    return `Line ${line.toString()}${place}: ${message}.`;
  });
  return [...lines, 'No invite was made.'].join('\n');
}
