import { readCsv } from '../../core/csv.ts';
import type { AccountRole } from './accounts.ts';

export interface CsvPerson {
  /** Counts from 1. */
  readonly line: number;
  readonly name: string;
  readonly role: AccountRole;
}

export interface CsvProblem {
  readonly line: number;
  readonly message: string;
}

const roles: readonly AccountRole[] = ['admin', 'member', 'viewer'];
const maxPeople = 1000;
/** Longer than any name and role. */
const longestLine = 300;

/**
 * Reads `name,role`, one person a line; a line without a role makes a member. A first line that says
 * `name` is a heading. Fields may be quoted, with `""` for a quote; separators are commas, semicolons
 * or tabs, as spreadsheets write them.
 */
export function readPeopleCsv(text: string): {
  readonly people: readonly CsvPerson[];
  readonly problems: readonly CsvProblem[];
} {
  const people: CsvPerson[] = [];
  const problems: CsvProblem[] = [];
  for (const { line, fields } of readCsv(text, { longest: longestLine })) {
    const read = personOf(fields);
    if (typeof read === 'string') problems.push({ line, message: read });
    else if (people.length === 0 && line === 1 && /^name$/i.test(read.name)) continue;
    else if (people.length >= maxPeople) {
      problems.push({ line, message: `One import makes at most ${maxPeople.toString()} people` });
      break;
    } else {
      const role = roleNamed(read.role);
      if (role !== undefined) people.push({ line, name: read.name, role });
      else problems.push({ line, message: unknownRole(read.role) });
    }
  }
  return { people, problems };
}

const unknownRole = (role: string): string =>
  `“${role.slice(0, 60)}” is no role; write admin, member or viewer`;

function roleNamed(text: string): AccountRole | undefined {
  if (text === '') return 'member';
  return roles.find((role) => role === text.toLowerCase());
}

/** A sentence where the line makes no sense. */
function personOf(
  fields: readonly string[] | string,
): { readonly name: string; readonly role: string } | string {
  if (typeof fields === 'string') return fields;
  const [name = '', role = '', ...more] = fields;
  if (more.some((field) => field !== '')) {
    return 'A line holds a name and a role; put names with commas in quotes';
  }
  return name === '' ? 'The name is missing' : { name, role };
}
