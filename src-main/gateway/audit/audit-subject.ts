import type { AuditedCall } from './audit-trail.ts';
import type { AuditNames } from './ports.ts';

const longest = 200;

/** Their input holds values of settings: which ones were set is said, not to what. */
const settingsCalls: ReadonlySet<string> = new Set([
  ...['settings.update', 'server.update', 'alerts.update', 'sharing.update', 'pools.updateReach'],
]);

/** Fields that hold what something is called, the best first. Nothing else of an input is written. */
const namingFields = ['name', 'model', 'ref', 'upstreamName', 'preset'] as const;

/** What a call is about, as people call it. Takes names and ids alone: inputs hold secrets too. */
export function subjectOf(
  { section, name, input }: Pick<AuditedCall, 'section' | 'name' | 'input'>,
  names: AuditNames,
): string {
  if (typeof input !== 'object' || input === null) return '';
  if (settingsCalls.has(`${section}.${name}`))
    return tidy(Object.keys(input).toSorted().join(', '));
  const fields = new Map<string, unknown>(Object.entries(input));
  const text = (field: string): string | undefined => {
    const value = fields.get(field);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const id = text('id');
  const about = id === undefined ? undefined : (names.nameOf(section, id) ?? id);
  const said = namingFields.map(text).find((value) => value !== undefined);
  const person = text('personId');
  const whom = person === undefined ? undefined : (names.nameOf('people', person) ?? person);
  const renamed = about !== undefined && said !== undefined && said !== about;
  const what = renamed ? `${about} → ${said}` : (about ?? said);
  return tidy([what, whom].filter((part) => part !== undefined).join(', '));
}

function tidy(text: string): string {
  return text
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, longest);
}
