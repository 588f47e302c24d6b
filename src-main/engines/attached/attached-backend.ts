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
import { createOpenAiBackend } from '../../dialects/openai/client/openai-backend.ts';
import type { OpenAiQuirks } from '../../dialects/openai/client/quirks.ts';
import type { KeyRing } from './key-ring.ts';

export interface AttachedBackendDeps {
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'after'>;
  /** Where the API begins, such as `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  /** What the server calls the model. */
  readonly modelName: string;
  /** For sentences, such as `Ollama at 127.0.0.1:11434`. */
  readonly serverName: string;
  readonly quirks: OpenAiQuirks;
  readonly servedBy: ServedBy;
  readonly keys: KeyRing;
  /** A piece of an answer came: it lives. */
  readonly onHeard: () => void;
  /** It failed in a way that may mean that it is gone. */
  readonly onFailed: () => void;
  readonly onKeyRested: () => void;
}

/** One model of an attached server. A key that is refused rests, and the next is tried meanwhile. */
export function createAttachedBackend(deps: AttachedBackendDeps): InferenceBackend {
  return {
    async *infer(request, options): AsyncGenerator<InferenceChunk> {
      let key = firstKey(deps.keys);
      for (;;) {
        const attempt = new Attempt(deps, key);
        try {
          yield* attempt.run(request, options);
          return;
        } catch (thrown) {
          key = attempt.nextKey(thrown, options.signal);
        }
      }
    },
  };
}

/** Throws what the keys rest for when all of them do. */
function firstKey(keys: KeyRing): string | undefined {
  const key = keys.take();
  const rest = keys.soonest();
  if (key === undefined && rest !== undefined) throw rest.failure;
  return key;
}

class Attempt {
  private readonly deps: AttachedBackendDeps;
  private readonly key: string | undefined;
  private hasBegun = false;

  constructor(deps: AttachedBackendDeps, key: string | undefined) {
    this.deps = deps;
    this.key = key;
  }

  async *run(request: InferenceRequest, options: InferOptions): AsyncGenerator<InferenceChunk> {
    const { key, deps } = this;
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const backend = createOpenAiBackend({ ...deps, headers: () => headers });
    for await (const chunk of backend.infer(request, options)) {
      this.hasBegun = true;
      deps.onHeard();
      yield chunk;
    }
  }

  /** The key to try after a failure; throws it when there is none or it was not the key's fault. */
  nextKey(thrown: unknown, signal: AbortSignal): string {
    if (signal.aborted || !(thrown instanceof MillpondError)) throw thrown;
    if (isServersFault(thrown)) this.deps.onFailed();
    if (this.key === undefined || this.hasBegun || !isKeysFault(thrown)) throw thrown;
    this.deps.keys.rest(this.key, thrown);
    this.deps.onKeyRested();
    const next = this.deps.keys.take();
    if (next === undefined) throw thrown;
    return next;
  }
}

function isKeysFault({ code }: MillpondError): boolean {
  return code === 'unauthenticated' || code === 'rate-limited';
}

function isServersFault({ code }: MillpondError): boolean {
  return code === 'unavailable' || code === 'timeout' || code === 'forbidden';
}
