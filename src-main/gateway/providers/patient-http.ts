import { ChildAbort } from '../../core/child-abort.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient, HttpResponse } from '../../core/http.ts';

export interface Patience {
  /** Until the answer begins, in milliseconds. */
  readonly headersMs: number;
  /** Between two pieces of it. */
  readonly silenceMs: number;
}

interface PatientDeps {
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'after' | 'monotonic'>;
  readonly serverName: string;
  readonly patience: Patience;
}

/** Gives up with `timeout` on a server that is silent for too long; a slow reader is not its silence. */
export function patientHttp({ http, clock, serverName, patience }: PatientDeps): HttpClient {
  return {
    async request(request) {
      const late = new ChildAbort(request.signal);
      const cancel = clock.after(patience.headersMs, () => {
        late.abort(silent(serverName, patience.headersMs));
      });
      try {
        const response = await http.request({ ...request, signal: late.signal });
        const giveUp = (): void => {
          late.abort(silent(serverName, patience.silenceMs));
        };
        const { silenceMs } = patience;
        return { ...response, body: watched(response, { clock, silenceMs, giveUp, late }) };
      } catch (failure) {
        late.release();
        throw failure;
      } finally {
        cancel();
      }
    },
  };
}

interface Watching {
  readonly clock: PatientDeps['clock'];
  readonly silenceMs: number;
  readonly giveUp: () => void;
  /** Released when the body is over. */
  readonly late: ChildAbort;
}

async function* watched(
  { body }: HttpResponse,
  { clock, silenceMs, giveUp, late }: Watching,
): AsyncGenerator<Uint8Array, void, undefined> {
  let waitsSince: number | undefined;
  let cancel: () => void = () => {};
  // One timer looks now and then, instead of one being set for every piece.
  const lookAfter = (ms: number): void => {
    cancel = clock.after(ms, () => {
      const leftMs =
        waitsSince === undefined ? silenceMs : waitsSince + silenceMs - clock.monotonic();
      if (leftMs <= 0) giveUp();
      else lookAfter(leftMs);
    });
  };
  lookAfter(silenceMs);
  const pieces = body[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      waitsSince = clock.monotonic();
      const piece = await pieces.next();
      waitsSince = undefined;
      if (piece.done === true) {
        isOver = true;
        return;
      }
      yield piece.value;
    }
  } catch (error) {
    isOver = true;
    throw error;
  } finally {
    cancel();
    late.release();
    if (!isOver) await pieces.return?.();
  }
}

function silent(serverName: string, ms: number): MillpondError {
  const seconds = Math.round(ms / 1000).toString();
  return new MillpondError('timeout', `${serverName} was silent for ${seconds} s; try again`, {
    reason: 'silent',
  });
}
