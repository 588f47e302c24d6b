import type { Clock } from '../../core/clock.ts';
import type { HttpClient } from '../../core/http.ts';
import type { InferenceBackend, ServedBy } from '../../core/inference.ts';
import { createOpenAiBackend } from '../../dialects/openai/client/openai-backend.ts';
import type { Preset } from './presets.ts';

export interface ClientDeps {
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'after'>;
  readonly baseUrl: string;
  readonly modelName: string;
  readonly serverName: string;
  readonly servedBy: ServedBy;
  readonly headers: () => Readonly<Record<string, string>>;
}

/** The client of the dialect that a provider speaks. */
export function clientOf({ quirks }: Preset, deps: ClientDeps): InferenceBackend {
  return createOpenAiBackend({ ...deps, quirks });
}
