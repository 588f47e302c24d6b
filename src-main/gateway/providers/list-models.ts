import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { readBodyText } from '../../core/http-body.ts';
import type { HttpClient, HttpResponse } from '../../core/http.ts';
import { failureOf } from './dialect-clients.ts';
import type { ListedModel, ModelFeature } from './ports.ts';
import type { Preset } from './presets.ts';
import { patientHttp } from './patient-http.ts';

export interface ListingDeps {
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'after' | 'monotonic'>;
  readonly preset: Preset;
  readonly baseUrl: string;
  readonly serverName: string;
  /** Credentials and whatever else goes with every request. */
  readonly headers: Readonly<Record<string, string>>;
}

const answerWithinMs = 10_000;
const maxAnswerBytes = 16 * 1024 * 1024;
const mostModels = 5000;

const texts = z.array(z.string()).optional().catch(undefined);
const count = z.number().int().positive().optional().catch(undefined);
const listed = z.object({
  id: z.string().min(1).max(300),
  context_length: count,
  context_window: count,
  max_context_length: count,
  max_model_len: count,
  max_input_tokens: count,
  supported_parameters: texts,
  architecture: z
    .object({ input_modalities: texts, output_modalities: texts })
    .optional()
    .catch(undefined),
  capabilities: z
    .object({
      completion_chat: z.boolean().optional(),
      function_calling: z.boolean().optional(),
      vision: z.boolean().optional(),
      reasoning: z.boolean().optional(),
    })
    .optional()
    .catch(undefined),
  type: z.string().optional().catch(undefined),
});
type Listed = z.output<typeof listed>;
const many = z.array(z.unknown());
/** Together sends the bare list. */
const list = z.union([z.object({ data: many.nullable() }), many]);

/** The models that a provider lists. Rejects with a sentence when it does not. */
export async function listModels(
  deps: ListingDeps,
  signal: AbortSignal,
): Promise<readonly ListedModel[]> {
  const { preset, baseUrl, serverName, headers } = deps;
  const http = patientHttp({
    ...deps,
    patience: { headersMs: answerWithinMs, silenceMs: answerWithinMs },
  });
  const response = await http.request({
    method: 'GET',
    url: `${baseUrl}/models${preset.listQuery ?? ''}`,
    headers: { accept: 'application/json', ...headers },
    signal,
  });
  if (response.status < 200 || response.status >= 300) throw await refusal(response, deps);
  const text = await readBodyText(response, { maxBytes: maxAnswerBytes });
  const parsed = list.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new MillpondError(
      'invalid-request',
      `${serverName} answered with something that is no list of models; check its address`,
      { param: 'baseUrl' },
    );
  }
  const entries = Array.isArray(parsed.data) ? parsed.data : (parsed.data.data ?? []);
  const models = entries.slice(0, mostModels).flatMap((entry) => {
    const model = listed.safeParse(entry);
    return model.success ? [modelOf(model.data, preset)] : [];
  });
  return [...new Map(models.map((model) => [model.upstreamName, model])).values()];
}

async function refusal(response: HttpResponse, deps: ListingDeps): Promise<MillpondError> {
  const { serverName, preset } = deps;
  const { status, headers } = response;
  if (status >= 300 && status < 400) {
    const target = headers['location'];
    const elsewhere = typeof target === 'string' ? ` to ${target.slice(0, 200)}` : '';
    return new MillpondError(
      'invalid-request',
      `${serverName} sends visitors on${elsewhere}; give that address instead`,
      { param: 'baseUrl' },
    );
  }
  if (status === 404) {
    return new MillpondError(
      'invalid-request',
      `${serverName} has no list of models at this address; check it, or name the models that it serves`,
      { param: 'baseUrl', reason: 'no-list' },
    );
  }
  return failureOf(preset, response, { serverName, modelName: 'models' });
}

function modelOf(model: Listed, { listPrefix = '' }: Preset): ListedModel {
  const { id } = model;
  const contextLength =
    model.context_length ??
    model.context_window ??
    model.max_context_length ??
    model.max_model_len ??
    model.max_input_tokens;
  const features = featuresOf(model);
  return {
    upstreamName: id.startsWith(listPrefix) ? id.slice(listPrefix.length) : id,
    ...(contextLength !== undefined && { contextLength }),
    ...(features && { features }),
  };
}

/** OpenRouter, Mistral and Together say what a model takes; nothing is guessed from names. */
function featuresOf(model: Listed): readonly ModelFeature[] | undefined {
  const { architecture, supported_parameters: parameters, capabilities, type } = model;
  if (architecture?.input_modalities !== undefined && parameters !== undefined) {
    return [
      ...(architecture.output_modalities?.includes('text') === false ? [] : (['chat'] as const)),
      ...(architecture.input_modalities.includes('image') ? (['vision'] as const) : []),
      ...(parameters.includes('tools') ? (['tools'] as const) : []),
      ...(parameters.includes('reasoning') ? (['reasoning'] as const) : []),
    ];
  }
  if (capabilities?.completion_chat === true) {
    return [
      'chat',
      ...(capabilities.vision === true ? (['vision'] as const) : []),
      ...(capabilities.function_calling === true ? (['tools'] as const) : []),
      ...(capabilities.reasoning === true ? (['reasoning'] as const) : []),
    ];
  }
  if (type === 'embedding' || type === 'rerank') return [type];
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No shape fits it, which is what the caller reports.
  }
}
