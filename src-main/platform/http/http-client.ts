import type { Agent } from 'undici';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../core/http.ts';
import type { ConnectionRegister } from './connection-register.ts';

/** The only place besides the tunnel that opens outgoing connections. */
export function createHttpClient(deps: { readonly register: ConnectionRegister }): HttpClient & {
  close(): Promise<void>;
} {
  // Answers may pause for as long as a model loads or thinks; the caller's signal is the time limit.
  const limits = { headersTimeout: 0, bodyTimeout: 0, connectTimeout: 10_000 };
  let agent: Agent | undefined;
  return {
    async request(options: HttpRequest): Promise<HttpResponse> {
      const { host } = new URL(options.url);
      deps.register.report(host);
      // Loaded with the first request: a runtime that asks nobody saves its memory.
      const undici = await import('undici');
      agent ??= new undici.Agent(limits);
      try {
        const response = await undici.request(options.url, {
          dispatcher: agent,
          method: options.method as 'GET',
          ...(options.headers && { headers: options.headers }),
          ...(options.body !== undefined && { body: options.body }),
          ...(options.signal && { signal: options.signal }),
        });
        return {
          status: response.statusCode,
          headers: response.headers,
          body: response.body as AsyncIterable<Uint8Array>,
        };
      } catch (cause) {
        if (options.signal?.aborted) throw MillpondError.from(options.signal.reason, 'cancelled');
        throw new MillpondError('unavailable', `${host} cannot be reached`, { cause });
      }
    },
    close: async () => {
      await agent?.destroy();
    },
  };
}

/** Reads a whole body as text. For answers whose size the other side bounds. */
export async function readText(response: HttpResponse): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body) text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
}
