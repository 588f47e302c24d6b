import type { ChatMessage, ChatInput, CompletionInput } from '../../../core/inference.ts';
import type { TokenUsage } from '../../../core/usage.ts';
import type { WireTimings } from './wire-answer.ts';
import { readUsage } from './wire-usage.ts';

/** Of the texts that models are asked about; only used until or unless the server counts. */
const charactersPerToken = 4;

/**
 * The usage of one answer: counted here while the server says nothing, and replaced by its own
 * figures as soon as it does. Our count of the answer is its pieces, of which a server sends at
 * most one per token, so that it never has to be taken back.
 */
export class UsageCount {
  private readonly estimatedPrompt: number;
  private pieces = 0;
  private reasoningPieces = 0;
  private told: TokenUsage | undefined;
  private isFinal = false;

  constructor(input: ChatInput | CompletionInput) {
    this.estimatedPrompt = estimatePromptTokens(input);
  }

  piece(type: 'text' | 'reasoning' | 'tool-call'): void {
    this.pieces += 1;
    if (type === 'reasoning') this.reasoningPieces += 1;
  }

  timings({ cache_n: cached, prompt_n: read, predicted_n: written }: WireTimings): void {
    if (this.isFinal) return;
    this.told = {
      promptTokens: read + (cached ?? 0),
      cachedTokens: cached ?? 0,
      completionTokens: written,
      reasoningTokens: Math.min(this.reasoningPieces, written),
    };
  }

  /** As the server wrote it; what is no count says nothing. */
  usage(wire: unknown): void {
    const told = readUsage(wire);
    if (told === undefined) return;
    this.isFinal = true;
    const counted = Math.min(this.reasoningPieces, told.completionTokens);
    this.told = { ...told, reasoningTokens: told.reasoningTokens || counted };
  }

  soFar(): TokenUsage {
    if (this.told !== undefined) return this.told;
    return {
      promptTokens: this.estimatedPrompt,
      cachedTokens: 0,
      completionTokens: this.pieces,
      reasoningTokens: this.reasoningPieces,
      isEstimated: true,
    };
  }
}

/** At least 1; pictures count for nothing, since only the server knows their size in tokens. */
export function estimatePromptTokens(
  input: Pick<ChatInput, 'messages'> | Pick<CompletionInput, 'prompt'>,
): number {
  if ('prompt' in input && typeof input.prompt !== 'string') return input.prompt.length;
  const characters =
    'prompt' in input
      ? input.prompt.length
      : input.messages.reduce((sum, message) => sum + charactersOf(message), 0);
  return Math.max(1, Math.ceil(characters / charactersPerToken));
}

function charactersOf(message: ChatMessage): number {
  if (message.role !== 'user') return message.text.length;
  return message.content.reduce(
    (sum, part) => sum + (part.type === 'text' ? part.text.length : 0),
    0,
  );
}
