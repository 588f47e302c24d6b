import { detectReasoningTags, type ReasoningTags } from './reasoning-tags.ts';
import type { ToolFormat } from './tool-formats.ts';

/** What the source of a chat template, and the special tokens beside it, tell about a model. */
export interface TemplateTraits {
  readonly toolFormat: ToolFormat;
  /** The template shows tools and their results itself, in a format that is understood here. */
  readonly showsTools: boolean;
  readonly reasoning: ReasoningTags | undefined;
  /** The template places earlier thoughts itself (or drops them on purpose). */
  readonly showsReasoning: boolean;
  /** The template can be told not to think. */
  readonly hasThinkingSwitch: boolean;
}

/** Call formats that no reader exists for: such models get the plain instruction instead. */
const foreignCallMarkers = [
  '<function=',
  'tool▁call',
  '<|tool_call_begin|>',
  '<|channel|>',
  '<|START_ACTION|>',
  'functools',
  '<minimax:tool_call>',
  '<arg_key>',
] as const;

export function readTemplateTraits(
  source: string,
  specialTokens: readonly string[] = [],
): TemplateTraits {
  const mentionsTools = /\btools\b/.test(source);
  const isForeign = foreignCallMarkers.some((marker) => source.includes(marker));
  const showsTools = mentionsTools && !isForeign;
  return {
    toolFormat: showsTools ? detectToolFormat(source) : 'hermes',
    showsTools,
    reasoning: detectReasoningTags(`${source}\n${specialTokens.join('\n')}`),
    showsReasoning: /\breasoning_content\b|['".]thinking\b/.test(source),
    hasThinkingSwitch: /\benable_thinking\b|\bif\s+(?:not\s+)?thinking\b/.test(source),
  };
}

function detectToolFormat(source: string): ToolFormat {
  if (source.includes('<tool_call>')) return 'hermes';
  if (source.includes('[TOOL_CALLS]')) return 'mistral';
  if (source.includes('<|python_tag|>') || source.includes('ipython')) return 'llama3';
  return 'json';
}
