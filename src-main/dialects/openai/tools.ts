import { z } from 'zod';
import type { ToolChoice, ToolDefinition } from '../../core/inference.ts';
import { MillpondError } from '../../core/error.ts';
import { present } from './fields.ts';
import type { Findings } from './fields.ts';

const functionName = z
  .string()
  .regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 letters, digits, _ . : or -');

const functionTool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: functionName,
    description: z.string().nullish(),
    parameters: z.union([z.boolean(), z.record(z.string(), z.unknown())]).nullish(),
    strict: z.boolean().nullish(),
  }),
});
const customTool = z.object({ type: z.literal('custom') });

const namedFunction = z.object({
  type: z.literal('function'),
  function: z.object({ name: z.string() }),
});

export const toolFields = {
  tools: z
    .array(z.discriminatedUnion('type', [functionTool, customTool]))
    .max(1024)
    .default([]),
  tool_choice: z
    .union([
      z.enum(['auto', 'none', 'required']),
      z.discriminatedUnion('type', [
        namedFunction,
        z.object({
          type: z.literal('allowed_tools'),
          allowed_tools: z.object({
            mode: z.enum(['auto', 'required']),
            tools: z.array(namedFunction).min(1),
          }),
        }),
        customTool,
      ]),
    ])
    .optional(),
  parallel_tool_calls: z.boolean().default(true),
};

type ToolBody = z.output<z.ZodObject<typeof toolFields>>;

export interface DecodedTools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
}

const onlyFunctions = 'only function tools exist here';

/** `allowed_tools` becomes the shorter list of tools that it means. */
export function decodeTools(body: ToolBody, { demands }: Findings): DecodedTools {
  const tools = body.tools.flatMap((tool, index) => {
    if (tool.type === 'function') return [decodeTool(tool)];
    demands.push({ param: `tools[${index.toString()}].type`, why: onlyFunctions });
    return [];
  });
  const names = new Set(tools.map((tool) => tool.name));
  if (names.size !== tools.length) throw wrong('tools', 'two tools have the same name');
  const choice = body.tool_choice;
  if (choice === undefined || choice === 'auto' || choice === 'none') {
    return { tools, toolChoice: tools.length === 0 ? 'none' : (choice ?? 'auto') };
  }
  if (body.tools.length === 0) throw wrong('tool_choice', "it needs 'tools'");
  if (choice === 'required') return { tools, toolChoice: choice };
  if (choice.type === 'custom') {
    demands.push({ param: 'tool_choice', why: onlyFunctions });
    return { tools, toolChoice: 'auto' };
  }
  if (choice.type === 'function') {
    requireKnown(names, choice.function.name);
    return { tools, toolChoice: { name: choice.function.name } };
  }
  const allowed = new Set(choice.allowed_tools.tools.map((tool) => tool.function.name));
  for (const name of allowed) requireKnown(names, name);
  return {
    tools: tools.filter((tool) => allowed.has(tool.name)),
    toolChoice: choice.allowed_tools.mode,
  };
}

function decodeTool(tool: z.output<typeof functionTool>): ToolDefinition {
  const { name, description, parameters, strict } = tool.function;
  return {
    name,
    ...present({
      description: description ?? undefined,
      parameters: parameters ?? undefined,
      strict: strict ?? undefined,
    }),
  };
}

function requireKnown(names: ReadonlySet<string>, name: string): void {
  if (!names.has(name)) throw wrong('tool_choice', `no tool is called '${name}'`);
}

function wrong(param: string, why: string): MillpondError {
  return new MillpondError('invalid-request', `'${param}': ${why}`, { param });
}
