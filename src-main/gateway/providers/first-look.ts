import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import { listModels } from './list-models.ts';
import type { ListedModel } from './ports.ts';
import type { Preset } from './presets.ts';
import { providerHeaders } from './provider-backend.ts';

/** A provider that somebody wants to add. */
export interface Newcomer {
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'after' | 'monotonic'>;
  readonly preset: Preset;
  readonly baseUrl: string;
  readonly name: string;
  readonly secret: string | undefined;
  /** What it is said to serve. */
  readonly served: readonly string[] | undefined;
}

export interface FirstLook {
  readonly listed: readonly ListedModel[];
  readonly latencyMs: number;
}

/** Asks for its models. Rejects saying what the person has to change. */
export async function firstLook(newcomer: Newcomer, signal: AbortSignal): Promise<FirstLook> {
  const { clock, name, secret, served } = newcomer;
  const startedAt = clock.monotonic();
  const headers = providerHeaders(newcomer.preset, secret);
  try {
    const listed = await listModels({ ...newcomer, serverName: name, headers }, signal);
    return { listed, latencyMs: clock.monotonic() - startedAt };
  } catch (thrown) {
    const failure = MillpondError.from(thrown);
    // Some list nothing, and are told what they serve.
    if (failure.reason === 'no-list' && served !== undefined && served.length > 0) {
      return { listed: [], latencyMs: clock.monotonic() - startedAt };
    }
    if (failure.code !== 'unauthenticated') throw failure;
    throw new MillpondError(
      'invalid-request',
      secret === undefined
        ? `${name} asks for an API key; add one and try again`
        : `${name} does not accept this API key; check it and try again`,
      { param: 'keys' },
    );
  }
}
