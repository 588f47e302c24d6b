import { MillpondError } from '../../../core/error.ts';
import type { ChatInput, CompletionInput } from '../../../core/inference.ts';
import type { OpenAiQuirks, OptionalParameter } from './quirks.ts';

/**
 * Refuses what the server would ignore, with `unsupported-capability` and the name of the field: a
 * caller that asked for a schema and gets prose cannot tell what went wrong.
 */
export function checkSupport(
  input: ChatInput | CompletionInput,
  quirks: OpenAiQuirks,
  serverName: string,
): void {
  const missing = parametersOf(input).find(({ needs }) => !quirks.takes.has(needs));
  if (missing !== undefined) throw unsupported(serverName, missing.param);
  if (input.continuation !== undefined) throw unsupported(serverName, 'continuation');
}

interface Use {
  readonly needs: OptionalParameter;
  /** The field as the caller spelled it. */
  readonly param: string;
}

function parametersOf(input: ChatInput | CompletionInput): readonly Use[] {
  const { sampling, format } = input;
  const uses: readonly (Use & { readonly isUsed: boolean })[] = [
    { needs: 'top_k', param: 'top_k', isUsed: sampling.topK !== undefined },
    { needs: 'min_p', param: 'min_p', isUsed: sampling.minP !== undefined },
    {
      needs: 'repeat_penalty',
      param: 'repeat_penalty',
      isUsed: sampling.repeatPenalty !== undefined,
    },
    { needs: 'seed', param: 'seed', isUsed: sampling.seed !== undefined },
    { needs: 'logit_bias', param: 'logit_bias', isUsed: sampling.logitBias !== undefined },
    { needs: 'logprobs', param: 'logprobs', isUsed: input.logprobs !== undefined },
    { needs: 'n', param: 'n', isUsed: input.choices > 1 },
    { needs: 'json_object', param: 'response_format', isUsed: format.type === 'json-object' },
    { needs: 'json_schema', param: 'response_format', isUsed: format.type === 'json-schema' },
    ...(input.task === 'chat' ? chatUses(input) : completionUses(input)),
  ];
  return uses.filter(({ isUsed }) => isUsed);
}

function chatUses({ tools, toolChoice, parallelToolCalls }: ChatInput) {
  const offersTools = tools.length > 0 && toolChoice !== 'none';
  return [
    {
      needs: 'tool_choice',
      param: 'tool_choice',
      isUsed: offersTools && toolChoice !== 'auto',
    },
    {
      needs: 'parallel_tool_calls',
      param: 'parallel_tool_calls',
      isUsed: offersTools && !parallelToolCalls,
    },
  ] as const;
}

function completionUses({ prompt, suffix }: CompletionInput) {
  return [
    { needs: 'prompt_token_ids', param: 'prompt', isUsed: typeof prompt !== 'string' },
    { needs: 'suffix', param: 'suffix', isUsed: suffix !== undefined },
  ] as const;
}

function unsupported(serverName: string, param: string): MillpondError {
  return new MillpondError(
    'unsupported-capability',
    `'${param}' is not supported by ${serverName}, which runs this model; leave it out or choose another model`,
    { param, reason: 'unsupported_parameter' },
  );
}
