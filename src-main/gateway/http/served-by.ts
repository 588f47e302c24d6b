import type { InferenceChunk, ServedBy } from '../../core/inference.ts';

/** What a caller is told of an answer before it begins: who answers, and what is left of the limits. */
export function headHeaders(
  head: Extract<InferenceChunk, { type: 'head' }>,
): Record<string, string> {
  return { ...servedByHeaders(head.servedBy), ...ownHeaders(head.headers), ...head.limits };
}

/** Which model and machine answered, and which cloud where it was one, as headers. */
function servedByHeaders(servedBy: ServedBy): Record<string, string> {
  return {
    'x-millpond-model': headerSafe(servedBy.model),
    'x-millpond-machine': headerSafe(servedBy.machine),
    ...(servedBy.provider !== undefined && {
      'x-millpond-provider': headerSafe(servedBy.provider),
    }),
    ...(servedBy.pool !== undefined && { 'x-millpond-pool': headerSafe(servedBy.pool) }),
  };
}

/** What the router says about an answer; other headers of whoever answered are not passed on. */
function ownHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => name.startsWith('x-millpond-'));
  return Object.fromEntries(own.map(([name, value]) => [name, headerSafe(value)]));
}

/** Header values are ASCII: a machine called `Müllers-PC` travels percent-encoded. */
export function headerSafe(value: string): string {
  return value.replace(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character));
}
