import type { ServedBy } from '../../core/inference.ts';

/** Which model and machine answered, as headers. */
export function servedByHeaders(servedBy: ServedBy): Record<string, string> {
  return {
    'x-millpond-model': headerSafe(servedBy.model),
    'x-millpond-machine': headerSafe(servedBy.machine),
  };
}

/** Header values are ASCII: a machine called `Müllers-PC` travels percent-encoded. */
export function headerSafe(value: string): string {
  return value.replace(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character));
}
