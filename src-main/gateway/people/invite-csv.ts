import { readCsv } from '../../core/csv.ts';
import { startOfNextDay } from '../../core/local-time.ts';
import { spanMs } from '../../core/span.ts';
import type { InviteWish } from './invites.ts';
import { tidyName } from './tidy-name.ts';

/** What an invite allows, whoever makes it. */
export type InviteTerms = Omit<InviteWish, 'by' | 'personId'>;

export interface CsvInvite {
  /** Counts from 1. */
  readonly line: number;
  /** Whom it is for; it goes beside the link and is not kept. */
  readonly name: string;
  readonly terms: InviteTerms;
}

export interface InviteCsvProblem {
  readonly line: number;
  /** As the heading calls it; absent where the whole line is wrong. */
  readonly column?: string;
  readonly message: string;
}

/** In this order where there is no heading. */
const inviteColumns = [
  ...(['name', 'expires', 'uses', 'role', 'trust', 'rights', 'models'] as const),
] as const;
type Column = (typeof inviteColumns)[number];

const roles = ['admin', 'member', 'viewer'] as const;
const trusts = ['own', 'trusted', 'guest'] as const;
const rights = ['serve-and-ask', 'ask', 'serve'] as const;
/** As many as a pool may have open at once. */
const maxInvites = 500;
const maxUses = 1000;
const maxModels = 100;
const longestModel = 300;

interface Defaults {
  /** Counts where a line leaves a column empty. */
  readonly terms: InviteTerms;
  /** Epoch milliseconds; spans begin then. */
  readonly now: number;
}

/**
 * Reads one invite a line: `name,expires,uses,role,trust,rights,models`, of which only the name has to be
 * there. A first line that says `name` is a heading, and then the columns may come in any order. Whoever
 * finds a problem here makes none of the invites.
 */
export function readInviteCsv(
  text: string,
  defaults: Defaults,
): { readonly invites: readonly CsvInvite[]; readonly problems: readonly InviteCsvProblem[] } {
  const [first, ...others] = readCsv(text);
  const heading = first === undefined ? undefined : headingOf(first.fields);
  if (typeof heading === 'string') {
    return { invites: [], problems: [{ line: first?.line ?? 1, message: heading }] };
  }
  const lines = first === undefined || heading !== undefined ? others : [first, ...others];
  const problems: InviteCsvProblem[] = [];
  const invites = lines.flatMap(({ line, fields }) => {
    if (typeof fields === 'string') {
      problems.push({ line, message: fields });
      return [];
    }
    const row = new Row(heading ?? inviteColumns, fields);
    const invite = { line, name: nameOf(row), terms: termsOf(row, defaults) };
    problems.push(...row.problems.map((problem) => ({ line, ...problem })));
    return row.problems.length > 0 ? [] : [invite];
  });
  const over = lines[maxInvites]?.line;
  if (over !== undefined) {
    const message = `One list makes at most ${maxInvites.toString()} invites`;
    return { invites: [], problems: [...problems.slice(0, maxInvites), { line: over, message }] };
  }
  return { invites, problems };
}

/** Undefined where the first line is no heading; a sentence where it is one that cannot be used. */
function headingOf(fields: readonly string[] | string): readonly Column[] | string | undefined {
  if (typeof fields === 'string') return undefined;
  const words = fields.map((field) => field.toLowerCase());
  if (!words.includes('name')) return undefined;
  const columns: Column[] = [];
  for (const [index, word] of words.entries()) {
    const column = inviteColumns.find((known) => known === word);
    if (column === undefined) {
      return `There is no column “${(fields[index] ?? '').slice(0, 60)}”; there are ${inviteColumns.join(', ')}`;
    }
    if (columns.includes(column)) return `The column “${column}” is there twice`;
    columns.push(column);
  }
  return columns;
}

/** A line whose fields are asked for by name; what is wrong with them gathers here. */
class Row {
  readonly problems: { readonly column?: Column; readonly message: string }[] = [];
  private readonly columns: readonly Column[];
  private readonly fields: readonly string[];

  constructor(columns: readonly Column[], fields: readonly string[]) {
    this.columns = columns;
    this.fields = fields;
    if (fields.slice(columns.length).some((field) => field !== '')) {
      this.refuse(undefined, 'The line has more fields than there are columns');
    }
  }

  /** `fallback` where the field is empty, and where `read` finds no sense in it. */
  take<Value>(
    column: Column,
    fallback: Value,
    read: (text: string) => { readonly value: Value } | string,
  ): Value {
    const text = this.fields[this.columns.indexOf(column)] ?? '';
    if (text === '') return fallback;
    const taken = read(text);
    if (typeof taken !== 'string') return taken.value;
    this.refuse(column, taken);
    return fallback;
  }

  refuse(column: Column | undefined, message: string): void {
    this.problems.push({ ...(column !== undefined && { column }), message });
  }
}

function nameOf(row: Row): string {
  const name = row.take('name', '', (text) => ({ value: tidyName(text) }));
  if (name === '') row.refuse('name', 'The name is missing');
  return name;
}

function termsOf(row: Row, { terms, now }: Defaults): InviteTerms {
  const asked = row.take('rights', terms.rights, oneOf(rights));
  const models = row.take('models', terms.models, readModels);
  return {
    rights: asked,
    role: row.take('role', terms.role, oneOf(roles)),
    trust: row.take('trust', terms.trust, oneOf(trusts)),
    maxUses: row.take('uses', terms.maxUses, readUses),
    expiresAt: row.take('expires', terms.expiresAt, (text) => readEnd(text, now)),
    // Who only shares asks nothing: no list could bind it.
    models: asked === 'serve' ? [] : models,
  };
}

const quoted = (text: string): string => `“${text.slice(0, 60)}”`;

function oneOf<Word extends string>(words: readonly Word[]) {
  return (text: string): { readonly value: Word } | string => {
    const value = words.find((word) => word === text.toLowerCase());
    return value === undefined ? `${quoted(text)} is none of ${words.join(', ')}` : { value };
  };
}

function readUses(text: string): { readonly value: number | undefined } | string {
  if (text.toLowerCase() === 'any') return { value: undefined };
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= maxUses
    ? { value }
    : `${quoted(text)} is no number from 1 to ${maxUses.toString()}, nor any`;
}

function readModels(text: string): { readonly value: readonly string[] } | string {
  const names = text.split(/[,;]/).map((name) => name.trim());
  const value = names.filter((name) => name !== '');
  if (value.length > maxModels) return `There are more than ${maxModels.toString()} models`;
  return value.some((name) => name.length > longestModel) ? 'A name is too long' : { value };
}

/** A day counts to its end, by the clock of this machine. */
function readEnd(text: string, now: number): { readonly value: number | undefined } | string {
  const span = spanMs(text.toLowerCase());
  if (span !== undefined) return { value: span === Infinity ? undefined : now + span };
  const day = dayOf(text);
  if (day === undefined) {
    return `${quoted(text)} is no time such as 12h, 7d, ${new Date(now).toISOString().slice(0, 10)} or never`;
  }
  const end = startOfNextDay(day);
  return end > now ? { value: end } : `${quoted(text)} is over already`;
}

/** Undefined for what is no day, such as the 30th of February. */
function dayOf(text: string): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day ? date.getTime() : undefined;
}
