import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import type { Wishes } from '../wishes.ts';

const maxNameLength = 200;
/** Nobody waits for an answer for longer than a day. */
const maxDeadlineMs = 24 * 60 * 60_000;

const name = z.string().trim().min(1).max(maxNameLength);

/** What a request may say about itself in headers; the same for every operation under `/v1`. */
const wishHeaders = z.object({
  /** Who may read the prompt: `this-machine`, `trusted` or `any`. */
  'x-millpond-privacy': z.enum(['this-machine', 'trusted', 'any']).optional(),
  /** The one machine that may answer, by name or id; the same as `model@node`. */
  'x-millpond-node': name.optional(),
  /** Keeps the turns of a conversation on the machine that remembers it. */
  'x-millpond-conversation': name.optional(),
  /** `strict`: rather wait for that machine than take another one. */
  'x-millpond-affinity': z.enum(['usual', 'strict']).optional(),
  /** `refuse`: 503 and `Retry-After` at once instead of waiting for the model to be loaded. */
  'x-millpond-cold-start': z.enum(['wait', 'refuse']).optional(),
  /** Milliseconds after which nobody waits for the answer any more. */
  'x-millpond-deadline-ms': z.coerce.number().int().min(1).max(maxDeadlineMs).optional(),
});

export interface RequestWishes {
  readonly wishes: Wishes;
  readonly deadlineMs?: number;
}

/** Reads the wishes of one request; `affinity` is what its body says. Throws `invalid-request`. */
export function readWishes(headers: IncomingHttpHeaders, affinity?: string): RequestWishes {
  if (!hasWish(headers)) {
    return {
      wishes: affinity === undefined ? {} : { affinity: { key: affinity, isStrict: false } },
    };
  }
  const read = wishHeaders.safeParse(headers);
  if (!read.success) throw wrongHeader(read.error);
  const {
    'x-millpond-privacy': privacy,
    'x-millpond-node': pin,
    'x-millpond-conversation': conversation,
    'x-millpond-affinity': how,
    'x-millpond-cold-start': onColdStart,
    'x-millpond-deadline-ms': deadlineMs,
  } = read.data;
  const key = conversation ?? affinity;
  return {
    wishes: {
      ...(privacy !== undefined && { privacy }),
      ...(pin !== undefined && { pin }),
      ...(key !== undefined && { affinity: { key, isStrict: how === 'strict' } }),
      ...(onColdStart !== undefined && { onColdStart }),
    },
    ...(deadlineMs !== undefined && { deadlineMs }),
  };
}

/** Most requests have none, and need nothing read. */
function hasWish(headers: IncomingHttpHeaders): boolean {
  for (const name in headers) if (name.startsWith('x-millpond-')) return true;
  return false;
}

const expectations: Readonly<Record<string, string>> = {
  'x-millpond-privacy': "'this-machine', 'trusted' or 'any'",
  'x-millpond-node': 'the name of a machine',
  'x-millpond-conversation': `a name of up to ${maxNameLength.toString()} characters`,
  'x-millpond-affinity': "'usual' or 'strict'",
  'x-millpond-cold-start': "'wait' or 'refuse'",
  'x-millpond-deadline-ms': 'a number of milliseconds, up to a day',
};

function wrongHeader(error: z.ZodError): MillpondError {
  const header = String(error.issues[0]?.path[0]);
  return new MillpondError(
    'invalid-request',
    `The header '${header}' must be ${expectations[header] ?? 'sent once'}`,
    { param: header },
  );
}
