import { MillpondError } from '../../core/error.ts';

/** Longer than any token of the vocabularies in use; most stand for four characters. */
const longestTokenCharacters = 256;

/**
 * Refuses a text that cannot fit in the context, however it is cut into tokens. Cutting stops
 * everything else in this process, for ten seconds and more where a text has tens of megabytes.
 */
export function checkCharacters(text: string, contextLength: number): void {
  if (text.length <= contextLength * longestTokenCharacters) return;
  throw new MillpondError(
    'context-overflow',
    `The prompt has ${String(text.length)} characters, far more than the ${String(contextLength)} tokens that the context of this model holds; shorten it`,
    { reason: 'context_length_exceeded' },
  );
}
