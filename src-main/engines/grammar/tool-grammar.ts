import { MillpondError } from '../../core/error.ts';
import type { ToolChoice, ToolDefinition } from '../../core/inference.ts';
import type { ReasoningTags } from '../text/reasoning-tags.ts';
import { type ToolFormat, toolSyntaxes } from '../text/tool-formats.ts';
import { alternatives, GrammarBuilder, literal } from './gbnf.ts';
import { space } from './json-values.ts';
import { SchemaCompiler } from './schema-compiler.ts';
import { textUntil } from './text-until.ts';

export interface ToolGrammarOptions {
  readonly tools: readonly ToolDefinition[];
  readonly choice: ToolChoice;
  /** Whether one answer may hold several calls. */
  readonly parallel: boolean;
  readonly format: ToolFormat;
  readonly reasoning: ReasoningTags | undefined;
  readonly startsInReasoning: boolean;
}

export interface ToolGrammar {
  readonly gbnf: string;
  /**
   * `start`: constrain from the first token. Otherwise the answer is free until it contains
   * `trigger` outside of a thought; the grammar describes what comes right behind the trigger, so
   * text that the same token wrote behind it must pass through the grammar too.
   */
  readonly from: 'start' | { readonly trigger: string };
}

/**
 * Binds tool calls to their tools' schemas. Undefined when no call is possible. Throws
 * `invalid-request` for an unknown tool, and for a `strict` tool whose schema can't be expressed;
 * of other tools' schemas the keywords that can't be expressed are left out.
 */
export function toolCallGrammar(options: ToolGrammarOptions): ToolGrammar | undefined {
  const { choice, format, parallel } = options;
  if (choice === 'none') return undefined;
  const tools = chosenTools(options);
  if (tools.length === 0) return undefined;
  const builder = new GrammarBuilder();
  const calls = callRules(tools, format, builder);
  const isParallel = parallel && typeof choice === 'string';
  if (choice !== 'auto') {
    const root = thoughtBefore(blocks(calls, format, isParallel, builder), options, builder);
    return { gbnf: builder.build(root), from: 'start' };
  }
  const root = behindTrigger(calls, format, isParallel, builder);
  return { gbnf: builder.build(root), from: { trigger: triggers[format] } };
}

/** What gives a call away. A bare one does so by its first field. */
const triggers: Readonly<Record<ToolFormat, string>> = {
  hermes: '<tool_call>',
  mistral: '[TOOL_CALLS]',
  llama3: '{"name":',
  json: '{"name":',
};

function chosenTools({ tools, choice }: ToolGrammarOptions): readonly ToolDefinition[] {
  if (typeof choice === 'string') {
    if (choice === 'required' && tools.length === 0) {
      throw new MillpondError(
        'invalid-request',
        'tool_choice asks for a tool, but there are none',
        {
          param: 'tool_choice',
        },
      );
    }
    return tools;
  }
  const named = tools.filter((tool) => tool.name === choice.name);
  if (named.length > 0) return named;
  throw new MillpondError(
    'invalid-request',
    `tool_choice names '${choice.name}', which is no tool`,
    {
      param: 'tool_choice',
    },
  );
}

interface CallRules {
  /** One call of any tool. */
  readonly call: string;
  /** The same behind `{"name":`. */
  readonly behindName: string;
}

function callRules(
  tools: readonly ToolDefinition[],
  format: ToolFormat,
  builder: GrammarBuilder,
): CallRules {
  const gap = space(builder);
  const comma = builder.rule('comma', `${gap} "," ${gap}`);
  const key = literal(JSON.stringify(toolSyntaxes[format].argumentsKey));
  const options = tools.map((tool) => {
    const schema = tool.parameters ?? { type: 'object', properties: {} };
    const compiler = new SchemaCompiler(schema, builder, {
      param: 'tools',
      leavesOutUnsupported: tool.strict !== true,
    });
    const values = compiler.compileRoot(`${tool.name}-arguments`);
    const name = literal(JSON.stringify(tool.name));
    return builder.rule(
      tool.name,
      `${gap} ${name} ${comma} ${key} ":" ${gap} ${values} ${gap} "}"`,
    );
  });
  const behindName = builder.rule('behind-name', alternatives(options));
  const call = builder.rule('call', `"{" ${gap} "\\"name\\":" ${behindName}`);
  return { call, behindName };
}

/** Everything from the first opener to the end of the answer. */
function blocks(
  { call }: CallRules,
  format: ToolFormat,
  isParallel: boolean,
  builder: GrammarBuilder,
): string {
  switch (format) {
    case 'hermes': {
      const block = builder.rule('block', `"<tool_call>" "\\n"? ${call} "\\n"? "</tool_call>"`);
      return isParallel ? `${block} ( "\\n"? ${block} )*` : block;
    }
    case 'mistral':
      return `"[TOOL_CALLS]" ${list(call, isParallel, builder)}`;
    case 'llama3':
    case 'json':
      return isParallel ? `${call} ${moreBare(call, builder)}` : call;
  }
}

function behindTrigger(
  { call, behindName }: CallRules,
  format: ToolFormat,
  isParallel: boolean,
  builder: GrammarBuilder,
): string {
  switch (format) {
    case 'hermes': {
      const first = `"\\n"? ${call} "\\n"? "</tool_call>"`;
      if (!isParallel) return first;
      return `${first} ( "\\n"? "<tool_call>" ${first} )*`;
    }
    case 'mistral':
      return list(call, isParallel, builder);
    case 'llama3':
    case 'json':
      return isParallel ? `${behindName} ${moreBare(call, builder)}` : behindName;
  }
}

function list(call: string, isParallel: boolean, builder: GrammarBuilder): string {
  const gap = space(builder);
  const more = isParallel ? ` ( ${gap} "," ${gap} ${call} )*` : '';
  return `"[" ${gap} ${call}${more} ${gap} "]"`;
}

function moreBare(call: string, builder: GrammarBuilder): string {
  return `( ";" ${space(builder)} ${call} )*`;
}

/** A model that thinks may finish its thought before it must call. */
function thoughtBefore(
  calls: string,
  { reasoning, startsInReasoning }: ToolGrammarOptions,
  builder: GrammarBuilder,
): string {
  if (reasoning === undefined) return calls;
  const thought = `${textUntil(reasoning.close, builder)} "\\n"{0,2}`;
  return startsInReasoning
    ? `${thought} ( ${calls} )`
    : `( ${literal(reasoning.open)} ${thought} )? ( ${calls} )`;
}
