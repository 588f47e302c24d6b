import type { MillpondError } from '../../core/error.ts';

/** The one error shape of this dialect. */
export function encodeOllamaError(error: MillpondError): { readonly error: string } {
  return { error: error.message };
}
