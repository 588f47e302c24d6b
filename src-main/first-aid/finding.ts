import type { Finding, FindingFix, FirstAidDeed } from '../contract/first-aid.ts';
import words from '../contract/words/finding.en.json' with { type: 'json' };

export type FindingId = keyof typeof words;

interface FindingMore {
  readonly values?: Readonly<Record<string, string>>;
  readonly subject?: string;
  readonly fix?: FindingFix;
}

/** Something that is as it should be. */
export function ok(id: FindingId, values: Readonly<Record<string, string>> = {}): Finding {
  return found(id, 'ok', { values });
}

/** Something that works, and somebody should look at. */
export function warning(id: FindingId, more: FindingMore = {}): Finding {
  return found(id, 'warning', more);
}

/** Something that does not work. */
export function problem(id: FindingId, more: FindingMore = {}): Finding {
  return found(id, 'problem', more);
}

export const byDeed = (deed: FirstAidDeed): FindingFix => ({ kind: 'call', deed });
export const byGoingTo = (path: string): FindingFix => ({ kind: 'navigate', path });
export const byCommand = (command: string): FindingFix => ({ kind: 'command', command });

function found(
  id: FindingId,
  outcome: Finding['outcome'],
  { values = {}, subject, fix }: FindingMore,
): Finding {
  return {
    ...{ id, outcome, values, sentence: fill(words[id], values) },
    ...(subject !== undefined && { subject }),
    ...(fix && { fix }),
  };
}

/** Its sentence with other values. */
export function refilled(
  { id, sentence }: Finding,
  values: Readonly<Record<string, string>>,
): string {
  const template = Object.entries(words).find(([name]) => name === id)?.[1];
  return template === undefined ? sentence : fill(template, values);
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (gap, name: string) => values[name] ?? gap);
}
