import type { Socket } from 'node:net';
import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
import { encodeError } from '../../dialects/openai/errors.ts';

/** Answers bytes that are no request at all, before anything could be routed; then hangs up. */
export function answerBrokenRequest(
  error: Error & { readonly code?: string },
  socket: Socket,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, sentence] = explain(error.code);
  const refusal = new MillpondError('invalid-request', sentence);
  const body = JSON.stringify(encodeError(refusal, newId()));
  const lines = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body).toString()}`,
    'connection: close',
  ];
  socket.end([...lines, '', body].join('\r\n'));
}

function explain(code: string | undefined): readonly [status: string, sentence: string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return ['431 Request Header Fields Too Large', 'The headers are larger than 16 KiB'];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['408 Request Timeout', 'The request did not arrive in time'];
    default:
      return ['400 Bad Request', 'This is not a valid HTTP request'];
  }
}
