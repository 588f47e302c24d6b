import type { MillpondError } from '../../core/error.ts';
import { encodeError as encodeAnthropicError } from '../../dialects/anthropic/errors.ts';
import { encodeOllamaError } from '../../dialects/ollama/errors.ts';
import { encodeError } from '../../dialects/openai/errors.ts';

/** The APIs whose clients each expect errors in their own form. */
export type ErrorShape = 'openai' | 'anthropic' | 'ollama' | 'control';

/** The JSON body of a failed request, by the API that it was made to. */
export const errorShapes: Readonly<
  Record<ErrorShape, (error: MillpondError, requestId: string) => object>
> = {
  openai: encodeError,
  anthropic: encodeAnthropicError,
  ollama: encodeOllamaError,
  control: (error) => ({ error: error.toBody() }),
};
