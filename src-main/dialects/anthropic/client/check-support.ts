import { MillpondError } from '../../../core/error.ts';
import type { ChatInput } from '../../../core/inference.ts';

/**
 * Refuses what the API cannot say, with `unsupported-capability` and the name of the field. Values
 * that ask for nothing, such as a penalty of 0, are no wish.
 */
export function checkSupport(input: ChatInput, serverName: string): void {
  const { sampling, format } = input;
  const uses: readonly (readonly [param: string, isUsed: boolean])[] = [
    ['n', input.choices > 1],
    ['logprobs', input.logprobs !== undefined],
    ['seed', sampling.seed !== undefined],
    ['logit_bias', Object.keys(sampling.logitBias ?? {}).length > 0],
    ['min_p', (sampling.minP ?? 0) > 0],
    ['frequency_penalty', (sampling.frequencyPenalty ?? 0) !== 0],
    ['presence_penalty', (sampling.presencePenalty ?? 0) !== 0],
    ['repeat_penalty', (sampling.repeatPenalty ?? 1) !== 1],
    ['temperature', (sampling.temperature ?? 0) > 1],
    ['response_format', format.type === 'json-object'],
    ['continuation', input.continuation !== undefined],
  ];
  const param = uses.find(([, isUsed]) => isUsed)?.[0];
  if (param === undefined) return;
  const remedy =
    param === 'temperature'
      ? 'ask for at most 1'
      : param === 'response_format'
        ? 'describe the output with a JSON schema'
        : 'leave it out or choose another model';
  throw new MillpondError(
    'unsupported-capability',
    `'${param}' is not supported like this by ${serverName}, which runs this model; ${remedy}`,
    { param, reason: 'unsupported_parameter' },
  );
}
