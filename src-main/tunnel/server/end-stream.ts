import { status } from '@grpc/grpc-js';
import { errorTable } from '../../core/error.ts';
import type { MillpondError } from '../../core/error.ts';

interface EndableStream {
  emit(event: 'error', error: object): boolean;
  resume?(): unknown;
}

/** Closes one stream with what went wrong, in one sentence. The connection and its other streams stay. */
export function failStream(stream: EndableStream, error: MillpondError): void {
  stream.emit('error', grpcFailure(error));
  // What the other side still sends is thrown away instead of piling up.
  stream.resume?.();
}

export function grpcFailure(error: MillpondError): { code: number; details: string } {
  const name = errorTable[error.code].grpc as keyof typeof status;
  return { code: status[name], details: error.message };
}
