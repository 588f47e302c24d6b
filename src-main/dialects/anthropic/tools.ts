import { z } from 'zod';
import type { ToolChoice, ToolDefinition } from '../../core/inference.ts';
import { MillpondError } from '../../core/error.ts';
import { present } from '../openai/fields.ts';
import type { Findings } from '../openai/fields.ts';

const customTool = z.object({
  type: z.literal('custom').nullish(),
  name: z.string().regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 letters, digits, _ . : or -'),
  description: z.string().nullish(),
  input_schema: z.union([z.boolean(), z.record(z.string(), z.unknown())]),
  strict: z.boolean().nullish(),
  input_examples: z.unknown().optional(),
});

/** A tool that Anthropic defines or runs itself. */
const theirTool = z.looseObject({
  type: z.string().refine((type) => type !== 'custom', { abort: true }),
  name: z.string().optional(),
});

const parallel = { disable_parallel_tool_use: z.boolean().nullish() };

export const toolFields = {
  tools: z
    .array(z.union([customTool, theirTool]))
    .max(1024)
    .default([]),
  tool_choice: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('auto'), ...parallel }),
      z.object({ type: z.literal('any'), ...parallel }),
      z.object({ type: z.literal('tool'), name: z.string(), ...parallel }),
      z.object({ type: z.literal('none') }),
    ])
    .optional(),
};

type ToolBody = z.output<z.ZodObject<typeof toolFields>>;

export interface DecodedTools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
}

/** A tool of Anthropic's own becomes a demand: nobody else knows what it does. */
export function decodeTools(body: ToolBody, findings: Findings): DecodedTools {
  const tools = body.tools.flatMap((tool, index) => decodeTool(tool, index, findings));
  const names = new Set(tools.map((tool) => tool.name));
  if (names.size !== tools.length) throw wrong('tools', 'two tools have the same name');
  const choice = body.tool_choice;
  const parallelToolCalls =
    choice === undefined || choice.type === 'none' || choice.disable_parallel_tool_use !== true;
  if (body.tools.length === 0) {
    if (choice?.type === 'any' || choice?.type === 'tool') {
      throw wrong('tool_choice', "it needs 'tools'");
    }
    return { tools, toolChoice: 'none', parallelToolCalls };
  }
  if (choice?.type === 'tool') {
    const isTheirs = body.tools.length > tools.length;
    if (!names.has(choice.name) && !isTheirs) {
      throw wrong('tool_choice', `no tool is called '${choice.name}'`);
    }
    return { tools, toolChoice: { name: choice.name }, parallelToolCalls };
  }
  return { tools, toolChoice: toolChoices[choice?.type ?? 'auto'], parallelToolCalls };
}

const toolChoices = { auto: 'auto', any: 'required', none: 'none' } as const;

function decodeTool(
  tool: ToolBody['tools'][number],
  index: number,
  { ignored, demands }: Findings,
): readonly ToolDefinition[] {
  if (!isCustom(tool)) {
    demands.push({
      param: `tools[${index.toString()}].type`,
      why: "only Anthropic's models know it; describe a tool of your own with 'input_schema'",
    });
    return [];
  }
  const examples = 'tools[].input_examples';
  if (tool.input_examples !== undefined && !ignored.includes(examples)) ignored.push(examples);
  const { name, description, input_schema: parameters, strict } = tool;
  return [
    {
      name,
      ...present({
        description: description ?? undefined,
        parameters,
        strict: strict ?? undefined,
      }),
    },
  ];
}

function isCustom(tool: ToolBody['tools'][number]): tool is z.output<typeof customTool> {
  return tool.type === undefined || tool.type === null || tool.type === 'custom';
}

function wrong(param: string, why: string): MillpondError {
  return new MillpondError('invalid-request', `'${param}': ${why}`, { param });
}
