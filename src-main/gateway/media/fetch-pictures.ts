import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import type {
  CanonicalInput,
  ChatMessage,
  Demand,
  InferenceRequest,
} from '../../core/inference.ts';
import { callerScope } from '../caller.ts';
import type { PipelineStage, RequestContext } from '../pipeline/pipeline.ts';
import type { Upstream, UpstreamDirectory } from '../ports.ts';
import { fetchPicture } from './fetch-picture.ts';

export interface FetchPicturesDeps {
  /** Reaches the public internet and nothing else. */
  readonly http: HttpClient;
  readonly directory: UpstreamDirectory;
  /** Whether the owner allows it; asked for each request. */
  readonly isAllowed: () => boolean;
  readonly clock: Pick<Clock, 'after'>;
}

/** Four at once and five seconds for each: nobody waits for more than ten. */
const maxPictures = 8;
const atOnce = 4;
/** Of all pictures together, as base64: what a request may hold that carries its pictures itself. */
const maxCharacters = 32 * 1024 * 1024;

type Picture = Demand & { readonly pictureUrl: string };
type Pictures = ReadonlyMap<string, string>;

/**
 * Replaces the addresses of pictures by the pictures, for upstreams that could not fetch them: an upstream
 * of the caller's own dialect gets the address in the caller's bytes. Nothing is fetched while the owner
 * has not allowed it, nor where somebody must be asked who speaks the dialect anyway.
 */
export function fetchPictures(deps: FetchPicturesDeps): PipelineStage {
  // Members of an alias ask for the same pictures one after the other.
  const fetched = new WeakMap<CanonicalInput, Promise<Pictures>>();
  return {
    name: 'fetch-pictures',
    async *run(context, next) {
      const { request, signal } = context;
      const isWanted = deps.isAllowed() && mayBeSeen(context, deps.directory);
      const pictures = isWanted ? picturesOf(request) : [];
      const candidates = pictures.length === 0 ? [] : deps.directory.candidates(request);
      const takesAddress = (each: Upstream): boolean => speaks(each, request);
      if (candidates.every(takesAddress)) {
        yield* next(context);
        return;
      }
      const pending = fetched.get(request.input) ?? fetchAll(pictures, deps, signal);
      fetched.set(request.input, pending);
      let found: Pictures;
      try {
        found = await pending;
      } catch (error) {
        if (signal.aborted || !candidates.some(takesAddress)) throw error;
        yield* next(context);
        return;
      }
      yield* next(withPictures(context, found));
    },
  };
}

/** For a model that is known not to see, nothing is fetched: it is refused for that. */
function mayBeSeen({ request, caller }: RequestContext, directory: UpstreamDirectory): boolean {
  if (request.raw === undefined || request.raw.demands.length === 0) return false;
  const models = directory.models(callerScope(caller));
  return models.find(({ id }) => id === request.envelope.model)?.capabilities?.vision !== false;
}

function speaks({ speaks: dialects = [] }: Upstream, { raw }: InferenceRequest): boolean {
  return raw !== undefined && dialects.includes(raw.dialect);
}

/** None where something else is asked for as well that only the caller's own dialect can say. */
function picturesOf({ raw, input }: InferenceRequest): readonly Picture[] {
  if (raw === undefined || (input.task !== 'chat' && input.task !== 'count')) return [];
  const pictures = raw.demands.filter(isPicture);
  return pictures.length === raw.demands.length ? pictures : [];
}

function isPicture(demand: Demand): demand is Picture {
  return demand.pictureUrl !== undefined;
}

/** Each address once. Rejects with `invalid-request` naming the field whose picture cannot be had. */
async function fetchAll(
  pictures: readonly Picture[],
  { http, clock }: FetchPicturesDeps,
  callerSignal: AbortSignal,
): Promise<Pictures> {
  const byUrl = new Map(pictures.map((picture) => [picture.pictureUrl, picture]));
  const waiting = [...byUrl.values()];
  const [first] = waiting;
  if (first !== undefined && waiting.length > maxPictures) {
    throw refused(first.param, `a request may name at most ${maxPictures.toString()} addresses`);
  }
  const stop = new AbortController();
  const signal = AbortSignal.any([callerSignal, stop.signal]);
  const found = new Map<string, string>();
  let characters = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { pictureUrl, param } = next;
      const data = await fetchPicture(pictureUrl, { http, clock }, { signal, param });
      characters += data.length;
      if (characters > maxCharacters) throw refused(param, 'together they are too large');
      found.set(pictureUrl, data);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, work));
  } catch (error) {
    callerSignal.throwIfAborted();
    throw error;
  } finally {
    stop.abort(new MillpondError('cancelled', 'Another picture of the request cannot be had'));
  }
  return found;
}

function refused(param: string, why: string): MillpondError {
  return new MillpondError(
    'invalid-request',
    `The pictures of this request were not fetched: ${why}; send them as data: URLs`,
    { param, reason: 'invalid_image_url' },
  );
}

function withPictures(context: RequestContext, pictures: Pictures): RequestContext {
  const { request } = context;
  const { input, raw } = request;
  if (raw === undefined || (input.task !== 'chat' && input.task !== 'count')) return context;
  const messages = input.messages.map((message) => showing(message, pictures));
  return {
    ...context,
    request: { ...request, input: { ...input, messages }, raw: { ...raw, demands: [] } },
  };
}

function showing(message: ChatMessage, pictures: Pictures): ChatMessage {
  const shown = <Part extends { readonly url: string }>(part: Part): Part => {
    return { ...part, url: pictures.get(part.url) ?? part.url };
  };
  if (message.role === 'user') {
    const content = message.content.map((part) => (part.type === 'image' ? shown(part) : part));
    return { ...message, content };
  }
  if (message.role !== 'tool' || message.images === undefined) return message;
  return { ...message, images: message.images.map(shown) };
}
