import { endOfTurn, startOfTurn } from './vocabulary.ts';

export interface ScriptedTemplateOptions {
  /** Control tokens that lead into an answer, with the condition that picks it. */
  readonly answers: readonly { readonly entry: string; readonly when?: string }[];
  readonly fallback: string;
  readonly tools: boolean;
  readonly reasoning: boolean;
}

const toolSection = `{%- if tools %}{{- '${startOfTurn}system\\n# Tools\\n\\nYou may call one or more functions.\\n<tools>' }}{%- for tool in tools %}{{- '\\n' + (tool | tojson) }}{%- endfor %}{{- '\\n</tools>\\n\\nFor each call return a JSON object within <tool_call></tool_call> tags:\\n<tool_call>\\n{"name": <function-name>, "arguments": <args-json-object>}\\n</tool_call>${endOfTurn}\\n' }}{%- endif %}`;

const toolCalls = `{%- if message['tool_calls'] %}{%- for call in message['tool_calls'] %}{{- '\\n<tool_call>\\n{"name": "' + call['function']['name'] + '", "arguments": ' + (call['function']['arguments'] | tojson) + '}\\n</tool_call>' }}{%- endfor %}{%- endif %}`;

const earlierThought = `{%- if message['reasoning_content'] %}{{- '<think>\\n' + message['reasoning_content'] + '\\n</think>\\n\\n' }}{%- endif %}`;

const skippedThought = `{%- if enable_thinking is defined and not enable_thinking %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}`;

/** Chooses the control token that the answer starts behind. */
function choice(options: ScriptedTemplateOptions): string {
  const conditional = options.answers.filter((answer) => answer.when !== undefined);
  if (conditional.length === 0) return `{{- '${options.fallback}' }}`;
  const branches = conditional.map(
    ({ entry, when }, index) =>
      `{%- ${index === 0 ? 'if' : 'elif'} ${when ?? 'true'} %}{{- '${entry}' }}`,
  );
  return `${branches.join('')}{%- else %}{{- '${options.fallback}' }}{%- endif %}`;
}

/** ChatML as Qwen writes it, ending in the control token of the chosen answer. */
export function scriptedTemplate(options: ScriptedTemplateOptions): string {
  return [
    options.tools ? toolSection : '',
    `{%- for message in messages %}{{- '${startOfTurn}' + message['role'] + '\\n' }}`,
    options.reasoning ? earlierThought : '',
    `{{- message['content'] or '' }}`,
    options.tools ? toolCalls : '',
    `{{- '${endOfTurn}\\n' }}{%- endfor %}`,
    `{%- if add_generation_prompt %}{{- '${startOfTurn}assistant\\n' }}`,
    options.reasoning ? skippedThought : '',
    choice(options),
    `{%- endif %}`,
  ].join('');
}
