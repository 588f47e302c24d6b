import type { ToolCall } from '../../core/inference.ts';

/** A tool as OpenAI's API and most chat templates spell it. */
export interface TemplateTool {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters: unknown;
  };
}

/** What a model whose template knows no tools is told about them, in the widespread Hermes wording. */
export function toolInstruction(tools: readonly TemplateTool[]): string {
  const lines = tools.map((tool) => JSON.stringify(tool)).join('\n');
  return `# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>
${lines}
</tools>

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>`;
}

/** Earlier calls, as such a model would have written them. */
export function toolCallsAsText(calls: readonly ToolCall[]): string {
  return calls
    .map(
      (call) =>
        `<tool_call>\n{"name": ${JSON.stringify(call.name)}, "arguments": ${call.arguments}}\n</tool_call>`,
    )
    .join('\n');
}

export function toolResultAsText(text: string): string {
  return `<tool_response>\n${text}\n</tool_response>`;
}
