import { MillpondError } from '../../core/error.ts';
import type { HttpClient, HttpResponse } from '../../core/http.ts';
import { neverConnected } from './connection-failure.ts';
import type { ConnectionPurpose, ConnectionRegister, Contact } from './connection-register.ts';
import { sentBody } from './sent-body.ts';

interface HandedOnDeps {
  readonly http: HttpClient;
  readonly register: ConnectionRegister;
  readonly purpose: ConnectionPurpose;
}

/**
 * A client for a server of this machine that hands what it is asked on to another host, as Ollama
 * does with the models of its cloud. The door judges such a request by where it ends up, and
 * *What left this machine* names that host too. *Local only* also ends answers under way.
 */
export function handedOnTo(host: string, { http, register, purpose }: HandedOnDeps): HttpClient {
  return {
    async request(request) {
      const contact = register.admit({ host, isLoopback: false }, purpose);
      const body = sentBody(request.body);
      const closed = new AbortController();
      const stopWatching = register.onLocalOnly(() => {
        closed.abort(register.cut(host, purpose));
      });
      const signals = [closed.signal, ...(request.signal ? [request.signal] : [])];
      try {
        const response = await http.request({
          ...request,
          ...(body.data !== undefined && { body: body.data }),
          signal: AbortSignal.any(signals),
        });
        contact.sent(body.sentBytes());
        return { ...response, body: watchedBody(response, contact, stopWatching) };
      } catch (thrown) {
        stopWatching();
        const error = MillpondError.from(thrown);
        if (!neverConnected(error.cause)) contact.sent(body.sentBytes());
        throw error;
      }
    },
  };
}

/** `onEnd` is called when it was read to its end, failed or was left, also before the first piece. */
function watchedBody(
  { body }: HttpResponse,
  contact: Contact,
  onEnd: () => void,
): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const pieces = body[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            const piece = await pieces.next();
            if (piece.done === true) onEnd();
            else contact.received(piece.value.byteLength);
            return piece;
          } catch (error) {
            onEnd();
            throw error;
          }
        },
        async return() {
          onEnd();
          await pieces.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
