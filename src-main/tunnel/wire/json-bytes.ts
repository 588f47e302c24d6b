import type { z } from 'zod';
import { protocolError } from './protocol.ts';

/** Version of every JSON document on the link. A newer one is read as far as it is understood. */
export const documentVersion = 1;

export function toJsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

/** Reads a document of the other side. A bad one throws a `protocol` error that names what. */
export function fromJsonBytes<T>(
  bytes: Uint8Array,
  schema: z.ZodType<T>,
  limits: { readonly what: string; readonly maxBytes: number },
): T {
  if (bytes.byteLength > limits.maxBytes) {
    throw protocolError(`${limits.what} is larger than ${limits.maxBytes} bytes`);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  } catch (error) {
    throw protocolError(`${limits.what} is no JSON`, error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'its shape' : issue.path.join('.');
  throw protocolError(`${limits.what} has a bad value in ${where.slice(0, 100)}`);
}
