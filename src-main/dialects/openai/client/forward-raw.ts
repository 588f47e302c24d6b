import type { Clock } from '../../../core/clock.ts';
import { MillpondError } from '../../../core/error.ts';
import type { HttpResponse } from '../../../core/http.ts';
import type {
  CanonicalInput,
  InferenceChunk,
  InferenceRequest,
  RawRequest,
} from '../../../core/inference.ts';
import { topLevelFields } from '../../top-level-fields.ts';
import type { TopLevelFields } from '../../top-level-fields.ts';
import { streamedRawAnswer, wholeRawAnswer } from './raw-answer.ts';
import type { RawContext } from './raw-answer.ts';
import type { OpenAiQuirks } from './quirks.ts';

/** A request as its caller wrote it. */
export interface OwnBytes {
  readonly raw: RawRequest;
  readonly fields: TopLevelFields;
}

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
  { raw: habits, thoughtFields }: OpenAiQuirks,
): OwnBytes | undefined {
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
  const fields = topLevelFields(raw.body);
  const refusesThoughts = thoughtFields?.length === 0 && hasThoughts(input);
  const isForeign = refusesThoughts || habits.rewrites.some((field) => fields.has(field));
  return isForeign && demand === undefined ? undefined : { raw, fields };
}

/** Of a model that was asked before: "ours first, then a vendor" comes to this. */
function hasThoughts(input: CanonicalInput): boolean {
  if (input.task !== 'chat') return false;
  return input.messages.some(
    (message) => message.role === 'assistant' && message.reasoning !== undefined,
  );
}

/**
 * The bytes with the server's name for the model and, where its stream would not count, the wish that it
 * does. Without `chunks` where something else came than was asked for: then it has to be taken apart.
 */
export async function forwardRaw(
  { input }: InferenceRequest,
  { raw, fields }: OwnBytes,
  deps: RawDeps,
): Promise<{ readonly response: HttpResponse; readonly chunks?: Chunks }> {
  const isStreamed = fields.read('stream') === true;
  const isResponses = raw.path.startsWith('/responses');
  const { body, hidesUsage } = bodyFor({ raw, fields }, isStreamed && !isResponses, deps);
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
  { raw, fields }: OwnBytes,
  mayCount: boolean,
  { modelName, quirks }: RawDeps,
): { readonly body: Uint8Array; readonly hidesUsage: boolean } {
  const changes: Record<string, unknown> = {};
  if (fields.read('model') !== modelName) changes['model'] = modelName;
  const asked = fields.read('stream_options');
  const options = typeof asked === 'object' && asked !== null ? asked : {};
  const isAsked = 'include_usage' in options && options.include_usage === true;
  const hidesUsage = mayCount && quirks.raw?.countsOnRequest === true && !isAsked;
  if (hidesUsage) changes['stream_options'] = { ...options, include_usage: true };
  const isSame = Object.keys(changes).length === 0;
  return { body: isSame ? raw.body : fields.with(changes), hidesUsage };
}
