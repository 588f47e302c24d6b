import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import type {
  InferenceBackend,
  InferenceChunk,
  InferenceRequest,
  InferOptions,
  ServedBy,
} from '../../core/inference.ts';
import { cutPieces } from '../../core/cut-pieces.ts';
import { reworded, withoutQuotes } from '../../core/without-quotes.ts';
import { topLevelFields } from '../../dialects/top-level-fields.ts';
import { clientOf } from './dialect-clients.ts';
import { forwardProxy } from './forward-proxy.ts';
import { verdictOf } from './key-verdict.ts';
import type { ProviderKeyRing, RingKey } from './key-ring.ts';
import { patientHttp } from './patient-http.ts';
import type { Patience } from './patient-http.ts';
import type { Preset } from './presets.ts';

export interface ProviderBackendDeps {
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'after'>;
  readonly preset: Preset;
  readonly baseUrl: string;
  /** What the provider calls the model. */
  readonly modelName: string;
  /** For sentences, such as `OpenAI`. */
  readonly serverName: string;
  readonly servedBy: ServedBy;
  readonly keys: ProviderKeyRing;
  /** It answered: milliseconds until the first piece. */
  readonly onHeard: (afterMs: number) => void;
  /** It failed in a way that may mean that it is down. */
  readonly onFailed: (failure: MillpondError) => void;
}

/** Streams begin at once, even where a model thinks for long; whole answers come when all is said. */
const streamed: Patience = { headersMs: 120_000, silenceMs: 120_000 };
const whole: Patience = { headersMs: 5 * 60_000, silenceMs: 120_000 };

/** One model of a provider. A key that is refused or used up rests, and the next is tried meanwhile. */
export function createProviderBackend(deps: ProviderBackendDeps): InferenceBackend {
  return {
    async *infer(request, options): AsyncGenerator<InferenceChunk> {
      const tried = new Set<string>();
      for (;;) {
        const key = deps.keys.take(tried);
        if (key === undefined && !deps.keys.isEmpty) throw deps.keys.allRest(deps.serverName);
        const attempt = new Attempt(deps, key);
        try {
          yield* attempt.run(request, options);
          return;
        } catch (thrown) {
          attempt.settle(thrown, request, options.signal);
          // What was sent once as it came cannot be sent with another key.
          if (request.raw?.upload !== undefined) throw sendAgain(deps.serverName);
          if (key !== undefined) tried.add(key.id);
        }
      }
    },
  };
}

function sendAgain(serverName: string): MillpondError {
  const sentence = `${serverName} did not take the key that this was sent with; send it again`;
  return new MillpondError('overloaded', sentence, { retryAfterMs: 1000 });
}

/** Everything that a request to the provider carries besides what the caller asks. */
export function providerHeaders(
  { keyHeader, headers }: Preset,
  secret: string | undefined,
): Readonly<Record<string, string>> {
  if (secret === undefined) return { ...headers };
  return { ...headers, [keyHeader]: keyHeader === 'authorization' ? `Bearer ${secret}` : secret };
}

class Attempt {
  private readonly deps: ProviderBackendDeps;
  private readonly key: RingKey | undefined;
  private hasBegun = false;

  constructor(deps: ProviderBackendDeps, key: RingKey | undefined) {
    this.deps = deps;
    this.key = key;
  }

  async *run(request: InferenceRequest, options: InferOptions): AsyncGenerator<InferenceChunk> {
    const { deps, key } = this;
    const startedAt = deps.clock.monotonic();
    const patience = isStreamed(request) ? streamed : whole;
    const headers = providerHeaders(deps.preset, key?.secret);
    const client = {
      ...deps,
      http: patientHttp({ ...deps, patience }),
      headers: () => headers,
    };
    const { raw, input } = request;
    const chunks =
      input.task === 'proxy' && raw !== undefined
        ? forwardProxy(raw, { ...client, hideKey: (text) => this.hideKey(text) }, options.signal)
        : clientOf(deps.preset, client).infer(request, options);
    for await (const chunk of chunks) {
      if (!this.hasBegun && chunk.type !== 'head' && chunk.type !== 'status') {
        this.hasBegun = true;
        deps.onHeard(deps.clock.monotonic() - startedAt);
      }
      yield chunk;
    }
    if (key !== undefined) deps.keys.worked(key.id);
  }

  /** Returns where another key may be tried; throws where that would not help. */
  settle(thrown: unknown, request: InferenceRequest, signal: AbortSignal): void {
    const { deps, key } = this;
    if (signal.aborted || !(thrown instanceof MillpondError)) throw thrown;
    const failure = withoutQuotes(this.withoutSecrets(thrown), request);
    if (isProvidersFault(failure)) deps.onFailed(failure);
    if (key === undefined) throw keyless(failure, deps.serverName);
    const verdict = verdictOf(failure, deps.clock.now());
    if (verdict === undefined) throw failure;
    deps.keys.rest(key.id, verdict);
    if (this.hasBegun) throw failure;
  }

  private withoutSecrets(failure: MillpondError): MillpondError {
    const message = this.hideKey(failure.message);
    return message === failure.message ? failure : reworded(failure, message);
  }

  /** Some providers repeat the key in their sentence, which may be cut in its middle. */
  private hideKey(text: string): string {
    const { key } = this;
    if (key === undefined) return text;
    const { secret, shown } = key;
    return cutPieces(text.replaceAll(secret, shown), [secret], shortestKeyPiece);
  }
}

/** Fewer characters of a key open nothing. */
const shortestKeyPiece = 12;

/** Without a key there is none to blame: the provider is not set up for its callers. */
function keyless(failure: MillpondError, serverName: string): MillpondError {
  if (failure.code === 'unauthenticated') {
    return new MillpondError('unavailable', `${serverName} asks for an API key; add one to it`, {
      reason: 'needs-key',
    });
  }
  if (failure.code !== 'rate-limited') return failure;
  const { retryAfterMs } = failure;
  return new MillpondError('overloaded', failure.message, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function isProvidersFault({ code }: MillpondError): boolean {
  return code === 'unavailable' || code === 'timeout';
}

/** Whether the provider sends its answer in pieces: always, but for bytes of a caller who wants it whole. */
function isStreamed({ raw, input }: InferenceRequest): boolean {
  if (input.task !== 'chat' && input.task !== 'completion') return false;
  return raw === undefined || topLevelFields(raw.body).read('stream') === true;
}
