import { z } from 'zod';
import type { ToolChoice, ToolDefinition } from '../../../core/inference.ts';
import { MillpondError } from '../../../core/error.ts';
import { present } from '../fields.ts';
import type { Findings } from '../fields.ts';

const functionTool = z.object({
  type: z.literal('function'),
  name: z.string().regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 letters, digits, _ . : or -'),
  description: z.string().nullish(),
  parameters: z.union([z.boolean(), z.record(z.string(), z.unknown())]).nullish(),
  strict: z.boolean().nullish(),
});
const providerTool = z.object({ type: z.string().min(1) });

const named = z.object({ type: z.literal('function'), name: z.string() });
const allowed = z.object({
  type: z.literal('allowed_tools'),
  mode: z.enum(['auto', 'required']),
  tools: z.array(z.object({ type: z.string(), name: z.string().optional() })).min(1),
});

export const responseToolFields = {
  tools: z
    .array(z.union([functionTool, providerTool]))
    .max(1024)
    .default([]),
  tool_choice: z
    .union([
      z.enum(['auto', 'none', 'required']),
      z.union([named, allowed, z.object({ type: z.string().min(1) })]),
    ])
    .optional(),
  parallel_tool_calls: z.boolean().default(true),
};
type ToolBody = z.output<z.ZodObject<typeof responseToolFields>>;
type FunctionTool = z.output<typeof functionTool>;

export interface ResponseTools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
}

/** Tools that a provider runs itself become demands; `allowed_tools` the shorter list that it means. */
export function decodeResponseTools(body: ToolBody, { demands }: Findings): ResponseTools {
  const tools: ToolDefinition[] = [];
  for (const [index, tool] of body.tools.entries()) {
    if (isFunction(tool)) tools.push(toolOf(tool));
    else {
      demands.push({
        param: `tools[${index.toString()}].type`,
        why: `'${tool.type.slice(0, 100)}' is a tool of its provider; only function tools exist here`,
      });
    }
  }
  if (new Set(tools.map((tool) => tool.name)).size !== tools.length) {
    throw wrong('tools', 'two tools have the same name');
  }
  return choose(body, tools, demands);
}

function choose(body: ToolBody, tools: ToolDefinition[], demands: Findings['demands']) {
  const choice = body.tool_choice;
  if (choice === undefined || choice === 'auto' || choice === 'none') {
    return { tools, toolChoice: tools.length === 0 ? ('none' as const) : (choice ?? 'auto') };
  }
  if (body.tools.length === 0) throw wrong('tool_choice', "it needs 'tools'");
  if (choice === 'required') return { tools, toolChoice: choice };
  const isKnown = (name: string | undefined): boolean => tools.some((tool) => tool.name === name);
  if (isNamed(choice)) {
    if (!isKnown(choice.name)) throw wrong('tool_choice', `no tool is called '${choice.name}'`);
    return { tools, toolChoice: { name: choice.name } };
  }
  if (isAllowed(choice)) {
    const names = choice.tools.flatMap(({ type, name }) => (type === 'function' ? [name] : []));
    const stranger = names.find((name) => !isKnown(name));
    if (names.length < choice.tools.length) demands.push(onlyFunctions);
    else if (stranger !== undefined) throw wrong('tool_choice', `no tool is called '${stranger}'`);
    return { tools: tools.filter((tool) => names.includes(tool.name)), toolChoice: choice.mode };
  }
  demands.push(onlyFunctions);
  return { tools, toolChoice: 'auto' as const };
}

const onlyFunctions = { param: 'tool_choice', why: 'only function tools exist here' };

function isFunction(tool: ToolBody['tools'][number]): tool is FunctionTool {
  return tool.type === 'function' && 'name' in tool;
}

function isNamed(choice: object): choice is z.output<typeof named> {
  return named.safeParse(choice).success;
}

function isAllowed(choice: object): choice is z.output<typeof allowed> {
  return allowed.safeParse(choice).success;
}

function toolOf({ name, description, parameters, strict }: FunctionTool): ToolDefinition {
  return {
    name,
    ...present({
      description: description ?? undefined,
      parameters: parameters ?? undefined,
      strict: strict ?? undefined,
    }),
  };
}

function wrong(param: string, why: string): MillpondError {
  return new MillpondError('invalid-request', `'${param}': ${why}`, { param });
}
