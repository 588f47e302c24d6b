import type { Clock } from '../../core/clock.ts';
import type { MillpondError } from '../../core/error.ts';
import type { HttpClient, HttpResponse } from '../../core/http.ts';
import type { InferenceBackend, ServedBy } from '../../core/inference.ts';
import { createAnthropicBackend } from '../../dialects/anthropic/client/anthropic-backend.ts';
import * as anthropicFailure from '../../dialects/anthropic/client/failure.ts';
import { failureOfResponse } from '../../dialects/openai/client/failure.ts';
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
export function clientOf({ dialect, quirks }: Preset, deps: ClientDeps): InferenceBackend {
  switch (dialect) {
    case 'openai':
      return createOpenAiBackend({ ...deps, quirks });
    case 'anthropic':
      return createAnthropicBackend(deps);
  }
}

/** What an error status means in the dialect that a provider speaks; reads the body. */
export function failureOf(
  { dialect, quirks }: Preset,
  response: HttpResponse,
  names: { readonly serverName: string; readonly modelName: string },
): Promise<MillpondError> {
  switch (dialect) {
    case 'openai':
      return failureOfResponse(response, { ...names, quirks });
    case 'anthropic':
      return anthropicFailure.failureOfResponse(response, names);
  }
}
