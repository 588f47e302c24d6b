import type { Clock } from '../../core/clock.ts';
import type { HttpClient } from '../../core/http.ts';
import type { AttachedServerKind } from '../ports.ts';
import { listModels, probeServer } from './probe-server.ts';
import type { ProbedServer } from './probe-server.ts';
import { createServerClient } from './server-client.ts';
import { defaultServerName } from './server-settings.ts';

/** A server that answers on this machine and is not attached. */
export interface DetectedServer {
  readonly kind: AttachedServerKind;
  readonly url: string;
  readonly name: string;
  /** How many it serves. */
  readonly models: number;
}

/** Where such programs listen unless they are told otherwise. */
export const usualAddresses: readonly string[] = [
  'http://127.0.0.1:11434', // Ollama
  'http://127.0.0.1:1234', // LM Studio
  'http://127.0.0.1:8000', // vLLM
  'http://127.0.0.1:8080', // llama-server, mlx_lm
  'http://127.0.0.1:1337', // Jan
];

interface Asking {
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'after'>;
  readonly signal: AbortSignal;
}

/** Asks a server without a key; undefined when none of its kind answers there. */
export async function probeAddress(
  url: string,
  { signal, ...deps }: Asking,
): Promise<ProbedServer | undefined> {
  const client = createServerClient({ ...deps, url, key: () => undefined });
  try {
    return await probeServer(client, await listModels(client, signal), signal);
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

/** Asks all addresses at once. */
export async function detectServers(
  addresses: readonly string[],
  asking: Asking,
): Promise<readonly DetectedServer[]> {
  const found = await Promise.all(
    addresses.map(async (url) => {
      const probed = await probeAddress(url, asking);
      if (probed === undefined) return undefined;
      const { kind, models } = probed;
      return { kind, url, name: defaultServerName(kind, url, []), models: models.length };
    }),
  );
  return found.filter((each) => each !== undefined);
}
