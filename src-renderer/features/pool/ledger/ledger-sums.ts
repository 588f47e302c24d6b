import type { LedgerLine } from '../../../api.ts';

/** What one person gave and took in the days that were asked for. */
export interface PersonSum {
  readonly personId: string;
  readonly personName: string;
  readonly servedTokens: number;
  readonly servedAnswers: number;
  readonly consumedTokens: number;
  readonly consumedAnswers: number;
}

/** By person, whoever gave most first. */
export function sumsByPerson(lines: readonly LedgerLine[]): readonly PersonSum[] {
  const people = Map.groupBy(lines, ({ personId }) => personId);
  return [...people.values()]
    .flatMap((ofPerson) => {
      const [newest] = ofPerson.toSorted((a, b) => b.day.localeCompare(a.day));
      if (newest === undefined) return [];
      const { personId, personName } = newest;
      return {
        ...{ personId, personName },
        servedTokens: sum(ofPerson, (line) => line.servedTokens),
        servedAnswers: sum(ofPerson, (line) => line.servedAnswers),
        consumedTokens: sum(ofPerson, (line) => line.consumedTokens),
        consumedAnswers: sum(ofPerson, (line) => line.consumedAnswers),
      };
    })
    .toSorted((a, b) => b.servedTokens - a.servedTokens || b.consumedTokens - a.consumedTokens);
}

export interface DaySum {
  /** `2026-11-21`. */
  readonly day: string;
  readonly servedTokens: number;
  readonly consumedTokens: number;
}

/** Every day from the first one with a line to the last, oldest first; quiet days are zero. */
export function sumsByDay(lines: readonly LedgerLine[]): readonly DaySum[] {
  const days = Map.groupBy(lines, ({ day }) => day);
  const known = [...days.keys()].toSorted();
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return [];
  return daysBetween(first, last).map((day) => {
    const ofDay = days.get(day) ?? [];
    return {
      day,
      servedTokens: sum(ofDay, (line) => line.servedTokens),
      consumedTokens: sum(ofDay, (line) => line.consumedTokens),
    };
  });
}

const dayMs = 86_400_000;

/** Calendar days have no time zone here: they are counted as if all were in Greenwich. */
function daysBetween(first: string, last: string): readonly string[] {
  const days: string[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += dayMs) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

function sum(lines: readonly LedgerLine[], of: (line: LedgerLine) => number): number {
  return lines.reduce((total, line) => total + of(line), 0);
}
