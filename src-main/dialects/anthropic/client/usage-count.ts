import type { TokenUsage } from '../../../core/usage.ts';
import type { WireUsage } from './wire-events.ts';

/**
 * The usage of one answer. The prompt is told with its beginning and may be corrected at its end; what
 * is written is counted in pieces until the server says it, of which it sends at most one per token.
 */
export class UsageCount {
  private input = 0;
  private read = 0;
  private written = 0;
  private output: number | undefined;
  private thinking: number | undefined;
  private pieces = 0;
  private thoughts = 0;

  piece(isThought: boolean): void {
    this.pieces += 1;
    if (isThought) this.thoughts += 1;
  }

  /** Figures of the beginning: the count of the output that comes with them is no count yet. */
  begin(wire: WireUsage): void {
    this.input = wire.input_tokens ?? this.input;
    this.read = wire.cache_read_input_tokens ?? this.read;
    this.written = wire.cache_creation_input_tokens ?? this.written;
  }

  /** Figures of the end, which hold for the whole answer. */
  finish(wire: WireUsage): void {
    this.begin(wire);
    this.output = wire.output_tokens ?? this.output;
    this.thinking = wire.output_tokens_details?.thinking_tokens ?? this.thinking;
  }

  soFar(): TokenUsage {
    const completionTokens = this.output ?? this.pieces;
    return {
      promptTokens: this.input + this.read + this.written,
      cachedTokens: this.read,
      completionTokens,
      reasoningTokens: Math.min(this.thinking ?? this.thoughts, completionTokens),
      ...(this.written > 0 && { cacheWriteTokens: this.written }),
      ...(this.output === undefined && { isEstimated: true }),
    };
  }
}
