import type {
  InferenceChunk,
  InferenceRequest,
  ServedBy,
  TextChunk,
  ToolCallChunk,
} from '../../core/inference.ts';
import { addUsage, noUsage } from '../../core/usage.ts';
import type { TokenUsage } from '../../core/usage.ts';

type Piece = TextChunk | ToolCallChunk;

/**
 * The part of one answer that its caller has got: enough for somebody else to go on right behind it,
 * and to say at the end what all who worked on it have used.
 */
export class DeliveredAnswer {
  private readonly request: InferenceRequest;
  /** Undefined once a piece came without its tokens: then nobody can go on exactly. */
  private tokens: number[] | undefined;
  private digest: string | undefined;
  private earlier: TokenUsage | undefined;
  private current: TokenUsage = noUsage;
  private delivered = 0;
  private inThisPart = 0;

  constructor(request: InferenceRequest) {
    this.request = request;
    const { input } = request;
    const isOneText = (input.task === 'chat' || input.task === 'completion') && input.choices === 1;
    this.tokens = isOneText ? earlierTokens(input.continuation) : undefined;
  }

  /** Tokens that were delivered, where they were told. */
  get tokenCount(): number {
    return this.delivered;
  }

  /** Tokens that the machine at work has delivered. */
  get tokensOfPart(): number {
    return this.inThisPart;
  }

  /** The weights that somebody who goes on must have; undefined: nobody can. */
  get neededDigest(): string | undefined {
    return this.tokens === undefined ? undefined : this.digest;
  }

  /** Somebody begins, or goes on: with these weights, as the directory and its own head say. */
  begin(offered: string | undefined, servedBy: ServedBy | undefined): void {
    const told = servedBy?.digest;
    const isClear = offered === undefined || told === undefined || offered === told;
    this.digest = isClear ? (offered ?? told) : undefined;
  }

  /** Notes a chunk that goes out; what it says about usage is completed by the earlier parts. */
  add(chunk: InferenceChunk): InferenceChunk {
    if (chunk.type === 'finish') return { ...chunk, usage: this.usageWith(chunk.usage) };
    // Nobody knows the tokens of what a server wrote in its caller's own dialect.
    if (chunk.type === 'raw' || chunk.type === 'bytes') this.tokens = undefined;
    if (!isPiece(chunk)) return chunk;
    if (chunk.tokens === undefined) this.tokens = undefined;
    else {
      this.tokens?.push(...chunk.tokens);
      this.delivered += chunk.tokens.length;
      this.inThisPart += chunk.tokens.length;
    }
    if (chunk.usage === undefined || this.earlier === undefined) {
      this.current = chunk.usage ?? this.current;
      return chunk;
    }
    return { ...chunk, usage: this.usageWith(chunk.usage) };
  }

  /** The machine at work was lost: what it has used stays. */
  partEnded(): void {
    const counted =
      this.current === noUsage ? { ...noUsage, completionTokens: this.inThisPart } : this.current;
    this.earlier = joined(this.earlier, counted);
    this.current = noUsage;
    this.inThisPart = 0;
  }

  /** The request for whoever goes on; the same one before anything was delivered. */
  remaining(): InferenceRequest {
    const { request, tokens, digest } = this;
    const { input } = request;
    if (tokens === undefined || digest === undefined) return request;
    if (input.task !== 'chat' && input.task !== 'completion') return request;
    return {
      envelope: { ...request.envelope, digest },
      input: { ...input, continuation: { tokens: [...tokens] } },
    };
  }

  private usageWith(usage: TokenUsage): TokenUsage {
    this.current = usage;
    return joined(this.earlier, usage);
  }
}

/** The prompt counts once, as it was first read; what was generated adds up. */
function joined(earlier: TokenUsage | undefined, later: TokenUsage): TokenUsage {
  if (earlier === undefined) return later;
  const prompt = earlier.promptTokens > 0 ? earlier : later;
  const { promptTokens, cachedTokens } = prompt;
  return { ...addUsage(earlier, later), promptTokens, cachedTokens };
}

function earlierTokens(
  continuation: { readonly tokens: readonly number[] } | { readonly text: string } | undefined,
): number[] | undefined {
  if (continuation === undefined) return [];
  // Text is tokenised by whoever goes on: its tokens are nobody's to concatenate.
  return 'tokens' in continuation ? [...continuation.tokens] : undefined;
}

function isPiece(chunk: InferenceChunk): chunk is Piece {
  return chunk.type === 'text' || chunk.type === 'reasoning' || chunk.type === 'tool-call';
}
