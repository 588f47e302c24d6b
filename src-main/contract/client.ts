import type { z } from 'zod';
import { MillpondError } from '../core/error.ts';
import type { ErrorBody } from '../core/error.ts';
import { contract } from './control.ts';
import type { ControlClient } from './control.ts';
import { errorBody } from './common.ts';
import type { Call, Contract, Upload } from './kinds.ts';

/** One HTTP exchange, without product knowledge: `fetch` in a browser, undici in Node. */
export interface ControlRequest {
  readonly method: string;
  /** Path and query, beginning with a slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Blob | Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal;
}

export interface ControlResponse {
  readonly status: number;
  readonly body: unknown;
}

/** Sends a request with the caller's bearer. Rejects only when no answer came. */
export type ControlTransport = (request: ControlRequest) => Promise<ControlResponse>;

/**
 * The typed client of the control API, derived from the contract. Rejects with the server's own
 * `MillpondError`, or with `unavailable` when the runtime cannot be reached.
 */
export function createControlClient(transport: ControlTransport): ControlClient {
  const described: Contract = contract;
  const sections = Object.entries(described).map(([name, section]) => {
    const calls = Object.entries(section).flatMap(([key, entry]) =>
      entry.kind === 'notification' ? [] : [[key, bind(entry, transport)] as const],
    );
    return [name, Object.fromEntries(calls)] as const;
  });
  // The shape was built from the contract itself, which is what the type says.
  return Object.fromEntries(sections) as unknown as ControlClient;
}

type Options = { readonly signal?: AbortSignal } | undefined;

function bind(entry: Call | Upload, transport: ControlTransport): unknown {
  if (entry.kind === 'upload') {
    return (input: unknown, body: Blob | Uint8Array<ArrayBuffer>, options: Options) => {
      const { path, rest } = fillPath(entry.path, input);
      const headers = { 'content-type': 'application/octet-stream' };
      return exchange(entry.output, transport, {
        method: entry.method,
        path: withQuery(path, rest),
        headers,
        body,
        ...options,
      });
    };
  }
  return (input: unknown, options: Options) => {
    const { path, rest } = fillPath(entry.path, input);
    const inQuery = entry.method === 'GET';
    return exchange(entry.output, transport, {
      method: entry.method,
      path: inQuery ? withQuery(path, rest) : path,
      headers: inQuery ? {} : { 'content-type': 'application/json' },
      ...(inQuery ? {} : { body: JSON.stringify(rest) }),
      ...options,
    });
  };
}

async function exchange(
  output: z.ZodType,
  transport: ControlTransport,
  request: ControlRequest,
): Promise<unknown> {
  const response = await transport(request);
  if (response.status >= 400) throw errorOf(response);
  return output.parse(response.body);
}

/** The failure that a value of the contract describes. */
export function errorFrom(body: z.output<typeof errorBody>): MillpondError {
  return MillpondError.fromBody(body as ErrorBody);
}

function errorOf(response: ControlResponse): MillpondError {
  const { body } = response;
  const wrapped = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
  const parsed = errorBody.safeParse(wrapped);
  if (parsed.success) return errorFrom(parsed.data);
  return new MillpondError('internal', `Millpond answered with status ${String(response.status)}`);
}

function fillPath(
  template: string,
  input: unknown,
): { path: string; rest: Record<string, unknown> } {
  const rest: Record<string, unknown> = { ...(input as Record<string, unknown>) };
  const path = template.replace(/:(\w+)/g, (_, name: string) => {
    const value = String(rest[name]);
    Reflect.deleteProperty(rest, name);
    return encodeURIComponent(value);
  });
  return { path, rest };
}

function withQuery(path: string, fields: Record<string, unknown>): string {
  const query = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`)
    .join('&');
  return query === '' ? path : `${path}?${query}`;
}
