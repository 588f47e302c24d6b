import type { Clock } from '../../../core/clock.ts';
import { MillpondError } from '../../../core/error.ts';
import type { HttpResponse } from '../../../core/http.ts';
import type { InferenceChunk, InferenceRequest, RawRequest } from '../../../core/inference.ts';
import { readField, readTextField, withField } from '../../splice-json.ts';
import { streamedRawAnswer, wholeRawAnswer } from './raw-answer.ts';
import type { RawContext } from './raw-answer.ts';
import type { OpenAiQuirks } from './quirks.ts';

export interface RawDeps {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly modelName: string;
  readonly serverName: string;
  /** What callers see as the model's name. */
  readonly publicName: string;
  readonly quirks: OpenAiQuirks;
  /** The server has said that nothing more comes. */
  readonly onDone: () => void;
  readonly post: (raw: RawRequest, body: Uint8Array) => Promise<HttpResponse>;
}

/**
 * The caller's own bytes, where this server takes them as they are: it has the operation, and none of
 * the fields means something else there. What only the bytes can say makes them pass all the same.
 */
export function rawFor(
  { raw, input }: InferenceRequest,
  { raw: habits }: OpenAiQuirks,
): RawRequest | undefined {
  if (raw?.dialect !== 'openai' || habits === undefined || input.task === 'proxy') return undefined;
  const demand = raw.demands[0];
  if (!habits.paths.has(raw.path.split('?', 1)[0] ?? '')) {
    if (demand === undefined) return undefined;
    // Asked in our own words, it would do without this and nobody would know.
    throw new MillpondError(
      'unsupported-capability',
      `'${demand.param}' is not supported by this provider: it has no ${raw.path.slice(0, 100)}`,
      { param: demand.param, reason: 'unsupported_parameter' },
    );
  }
  if (demand !== undefined) return raw;
  const isForeign = habits.rewrites.some((field) => readField(raw.body, [field]) !== undefined);
  return isForeign ? undefined : raw;
}

/**
 * The bytes with the server's name for the model and, where its stream would not count, the wish that it
 * does. Without `chunks` where something else came than was asked for: then it has to be taken apart.
 */
export async function forwardRaw(
  { input }: InferenceRequest,
  raw: RawRequest,
  deps: RawDeps,
): Promise<{ readonly response: HttpResponse; readonly chunks?: Chunks }> {
  const isStreamed = readField(raw.body, ['stream']) === true;
  const isResponses = raw.path.startsWith('/responses');
  const { body, hidesUsage } = bodyFor(raw, isStreamed && !isResponses, deps);
  const startedAt = deps.clock.monotonic();
  const response = await deps.post(raw, body);
  const { modelName, publicName } = deps;
  const { serverName, quirks, clock, onDone } = deps;
  const context: RawContext = {
    ...{ serverName, modelName, quirks, clock, onDone },
    ...{ input, startedAt, isResponses, hidesUsage },
    ...(modelName !== publicName && { renamedTo: publicName }),
  };
  const hasEvents = String(response.headers['content-type'] ?? '').includes('text/event-stream');
  if (hasEvents !== isStreamed) return { response };
  return {
    response,
    chunks: isStreamed ? streamedRawAnswer(response, context) : wholeRawAnswer(response, context),
  };
}

type Chunks = AsyncGenerator<InferenceChunk, void, undefined>;

function bodyFor(
  raw: RawRequest,
  mayCount: boolean,
  { modelName, quirks }: RawDeps,
): { readonly body: Uint8Array; readonly hidesUsage: boolean } {
  const isNamed = readTextField(raw.body, ['model']) === modelName;
  const body = isNamed ? raw.body : withField(raw.body, 'model', modelName);
  if (!mayCount || quirks.raw?.countsOnRequest !== true) return { body, hidesUsage: false };
  const asked = readField(raw.body, ['stream_options']);
  const options = typeof asked === 'object' && asked !== null ? asked : {};
  if ('include_usage' in options && options.include_usage === true) {
    return { body, hidesUsage: false };
  }
  const counting = { ...options, include_usage: true };
  return { body: withField(body, 'stream_options', counting), hidesUsage: true };
}
