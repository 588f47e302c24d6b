import { MillpondError } from '../../../core/error.ts';
import type { ChatInput, ChatMessage } from '../../../core/inference.ts';
import { budgetOfEffort, effortOfBudget, smallestBudget } from '../thinking.ts';
import { effortFor } from './model-family.ts';
import type { ModelFamily } from './model-family.ts';

export interface ThinkingBody {
  readonly thinking?: object;
  readonly effort?: string;
}

/**
 * How the model is told to think; empty leaves it to the model. Throws `unsupported-capability` where a
 * tool is forced as well, which the API does not take.
 */
export function thinkingBody(
  input: ChatInput,
  family: ModelFamily,
  { maxTokens, serverName }: { readonly maxTokens: number; readonly serverName: string },
): ThinkingBody {
  const { reasoning, reasoningEffort: effort } = input;
  if (reasoning === 'off' || effort === 'none') return { thinking: { type: 'disabled' } };
  if (reasoning === 'auto') {
    if (effort === undefined || family.thinking === 'budget') return {};
    return { effort: effortFor(effort, family) };
  }
  refuseForcedTools(input, serverName);
  if (family.thinking === 'adaptive') {
    const said = effort ?? effortOf(input.reasoningBudget);
    return {
      thinking: { type: 'adaptive' },
      ...(said !== undefined && { effort: effortFor(said, family) }),
    };
  }
  const budget = roomFor(input.reasoningBudget ?? budgetOfEffort(effort ?? 'high'), maxTokens);
  if (budget === undefined || continuesUnproven(input.messages)) return {};
  return { thinking: { type: 'enabled', budget_tokens: budget } };
}

function effortOf(budget: number | undefined) {
  return budget === undefined ? undefined : effortOfBudget(budget);
}

/** Thinking counts towards the limit and has to leave something of it; undefined where it has no room. */
function roomFor(wanted: number, maxTokens: number): number | undefined {
  if (maxTokens <= smallestBudget) return undefined;
  const most = Math.max(smallestBudget, Math.floor(maxTokens * 0.8));
  return Math.max(smallestBudget, Math.min(wanted, most));
}

/**
 * A turn that called tools and goes on with their results must begin with the thought behind them, signed.
 * Callers of other APIs cannot keep it: such a turn goes on without thinking instead of failing.
 */
function continuesUnproven(messages: readonly ChatMessage[]): boolean {
  if (messages.at(-1)?.role !== 'tool') return false;
  const turn = messages.findLast((message) => message.role === 'assistant');
  return turn?.toolCalls !== undefined && turn.reasoningSignature === undefined;
}

function refuseForcedTools({ tools, toolChoice }: ChatInput, serverName: string): void {
  if (tools.length === 0 || toolChoice === 'auto' || toolChoice === 'none') return;
  throw new MillpondError(
    'unsupported-capability',
    `'tool_choice' cannot force a tool of a model of ${serverName} that thinks; ask for no reasoning or leave the choice to it`,
    { param: 'tool_choice', reason: 'unsupported_parameter' },
  );
}
