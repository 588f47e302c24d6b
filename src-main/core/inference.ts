import type { TokenUsage } from './usage.ts';

/** Who may read a prompt: engines of this computer, machines the pool's owner trusts, or any machine. */
export type Privacy = 'this-machine' | 'trusted' | 'any';

/** What the gateway decided about a request. Callers never set these fields directly. */
export interface RequestEnvelope {
  /** UUIDv7; also the `x-request-id` the caller sees. */
  readonly requestId: string;
  /** The model id after aliases were resolved: `publisher/model:quant` or a short name. */
  readonly model: string;
  /** SHA-256 of weights plus template, when the request is bound to one exact model. */
  readonly digest?: string;
  /** Cached prompt prefixes are shared inside one tenant and never across two. */
  readonly tenant: string;
  /** Fairness key: requests of one caller queue behind each other before they queue behind others. */
  readonly caller: string;
  /** 0 (background) to 9 (someone is waiting at the keyboard). */
  readonly priority: number;
  /** Epoch milliseconds after which nobody waits for the answer any more. */
  readonly deadlineAt?: number;
  readonly privacy: Privacy;
  /** Prefix fingerprints, chained; the router compares them with what upstreams hold. */
  readonly marks: readonly string[];
  /** Pools whose machines may answer; absent: none, only what this machine has itself. */
  readonly pools?: readonly string[];
  /** Came in through a pool: of the gateway's own machine it may use only what is shared there. */
  readonly isVisitor?: boolean;
  /** The one machine that may answer, by id or name, as `model@node` asked. */
  readonly pin?: string;
  /** Conversation that the caller names, so that its turns stay together. */
  readonly affinity?: { readonly key: string; readonly isStrict: boolean };
  /** What to do when the model has to be loaded first; absent: wait for it. */
  readonly onColdStart?: 'wait' | 'refuse';
  /** The slot that holds the prompt's beginning, where the router knows it. */
  readonly slot?: number;
  /** Gateways that passed it on, oldest first: a loop is refused. */
  readonly hops?: readonly string[];
  /**
   * Which models of cloud providers exist for the caller: all that this gateway has (`own`) or those
   * that its owner gave to everybody (`shared`). Absent: none.
   */
  readonly providers?: 'own' | 'shared';
  /** The name that the caller wrote, where it was an alias of `model`. */
  readonly alias?: string;
}

export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly url: string };

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text exactly as the model wrote it. */
  readonly arguments: string;
}

export type ChatMessage =
  | { readonly role: 'system'; readonly text: string }
  | { readonly role: 'user'; readonly content: readonly ContentPart[]; readonly name?: string }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly reasoning?: string;
      /** Proof of the reasoning by the provider that wrote it; only that provider reads it. */
      readonly reasoningSignature?: string;
      readonly toolCalls?: readonly ToolCall[];
    }
  | {
      readonly role: 'tool';
      readonly toolCallId: string;
      readonly text: string;
      /** Pictures that the tool returned. */
      readonly images?: readonly { readonly url: string }[];
      readonly isError?: boolean;
    };

/** How hard a model thinks, as callers say it; what it means to a provider stands in its own table. */
export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** A JSON Schema document as it came over the wire; validated by whoever compiles it. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: JsonSchema;
  readonly strict?: boolean;
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

/** Absent fields mean "the model's or engine's default". */
export interface Sampling {
  /** 0 is greedy. */
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  /** Same seed, prompt and model give the same draw; absent means a random seed per request. */
  readonly seed?: number;
  readonly repeatPenalty?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  /** Token id to bias, -100 (never) to 100. */
  readonly logitBias?: Readonly<Record<number, number>>;
}

export type OutputFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json-object' }
  | { readonly type: 'json-schema'; readonly name: string; readonly schema: JsonSchema };

/**
 * The part of an answer that was already delivered: the engine goes on right behind it, and counts in
 * its usage only what it generates itself.
 * Tokens are exact; text is re-tokenised and may differ at the seam.
 */
export type Continuation = { readonly tokens: readonly number[] } | { readonly text: string };

interface GenerationInput {
  readonly sampling: Sampling;
  /** Upper bound of generated tokens per choice; absent means up to the end of the context. */
  readonly maxTokens?: number;
  readonly stop: readonly string[];
  /** How many independent answers; at least 1. */
  readonly choices: number;
  /** Report the chosen token's log probability, and this many alternatives (0 to 20). */
  readonly logprobs?: { readonly top: number };
  readonly continuation?: Continuation;
}

export interface ChatInput extends GenerationInput {
  readonly task: 'chat';
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
  readonly format: OutputFormat;
  /** `off` asks the template for no thinking; `auto` leaves it to the model. */
  readonly reasoning: 'auto' | 'on' | 'off';
  /** As the caller said it, for providers that have efforts of their own; absent: not said. */
  readonly reasoningEffort?: ReasoningEffort;
  /** Upper bound of reasoning tokens; the thought is closed when it is reached. */
  readonly reasoningBudget?: number;
}

export interface CompletionInput extends GenerationInput {
  readonly task: 'completion';
  readonly prompt: string | readonly number[];
  readonly suffix?: string;
  /** Repeat the prompt in front of the answer. */
  readonly echo: boolean;
  readonly format: OutputFormat;
}

export interface EmbeddingInput {
  readonly task: 'embedding';
  readonly inputs: readonly (string | readonly number[])[];
}

export interface RerankInput {
  readonly task: 'rerank';
  readonly query: string;
  readonly documents: readonly string[];
}

/** Counts the prompt tokens of a chat without generating anything. */
export interface CountInput {
  readonly task: 'count';
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
}

/** Bytes that only a hop of the same dialect understands: `raw` says all there is. */
export interface ProxyInput {
  readonly task: 'proxy';
}

/** What engines, limits and fingerprints read; decoded once by a dialect. */
export type CanonicalInput =
  ChatInput | CompletionInput | EmbeddingInput | RerankInput | CountInput | ProxyInput;

/** A wire format that callers and providers share, so that bytes may pass between them untouched. */
export type WireDialect = 'openai' | 'anthropic';

/** Something that was asked for and has no place in the canonical form. */
export interface Demand {
  /** The field as the caller spelled it. */
  readonly param: string;
  /** Why nobody else can honour it, as a clause. */
  readonly why: string;
  /** It names a picture by this address, as a part of the input does: it is met once that is fetched. */
  readonly pictureUrl?: string;
}

/** A body that passes through without being kept. */
export interface Upload {
  /** All of it. Throws `conflict` the second time: what was sent once cannot be sent to somebody else. */
  take(): AsyncIterable<Uint8Array>;
}

/** What the caller sent. Only a hop of the same dialect may look at it. */
export interface RawRequest {
  readonly dialect: WireDialect;
  readonly method: string;
  /** Below the version, with its query, such as `/chat/completions`. */
  readonly path: string;
  /** Lower-case; only those that the dialect gives a meaning, such as `anthropic-beta`; no credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** In place of `body` where that is too large to be kept; of `proxy` requests only. */
  readonly upload?: Upload;
  /** What an upstream of another dialect would have to leave out: such upstreams are not asked. */
  readonly demands: readonly Demand[];
}

export interface InferenceRequest {
  readonly envelope: RequestEnvelope;
  readonly input: CanonicalInput;
  /** Absent for requests that were not read from the wire here, such as the window's. */
  readonly raw?: RawRequest;
}

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter';

export interface TokenAlternative {
  readonly text: string;
  readonly token: number;
  /** Natural logarithm of the probability. */
  readonly logprob: number;
}

export interface TokenLogprob extends TokenAlternative {
  readonly top: readonly TokenAlternative[];
}

/** Durations of one answer in milliseconds. */
export interface AnswerTimings {
  readonly queuedMs: number;
  /** Time spent waiting for the model to be loaded; 0 when it was ready. */
  readonly loadMs: number;
  readonly prefillMs: number;
  /** From acceptance by the engine to the first generated token. */
  readonly firstTokenMs: number;
  readonly decodeMs: number;
}

/** Which machine and engine answered; shown in receipts and in `x-millpond-*` headers. */
export interface ServedBy {
  readonly upstream: string;
  readonly machine: string;
  readonly model: string;
  readonly digest?: string;
  /** The pool whose machine it is; absent for this machine and servers attached to it. */
  readonly pool?: string;
  /** The cloud provider, as its owner calls it; absent where no provider answered. */
  readonly provider?: string;
}

interface ContentChunk {
  /** Which of several choices this belongs to; absent means 0. */
  readonly choice?: number;
  /** Ids behind this chunk, in order, where the engine knows them. A continuation concatenates them. */
  readonly tokens?: readonly number[];
  /** Usage up to and including this chunk, so that whoever stops early still settles the truth. */
  readonly usage?: TokenUsage;
}

export interface TextChunk extends ContentChunk {
  readonly type: 'text' | 'reasoning';
  readonly text: string;
  readonly logprobs?: readonly TokenLogprob[];
}

export interface ToolCallChunk extends ContentChunk {
  readonly type: 'tool-call';
  /** Position of the call in the answer. `id` and `name` come with its first chunk only. */
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  readonly argumentsDelta: string;
}

/**
 * A piece of an answer exactly as its server wrote it, for a caller of the same dialect: whole
 * server-sent events, or one JSON body. Takes the place of text, reasoning and tool calls. The first one
 * always holds content: an opener without any is held back and sent along with it.
 */
export interface RawChunk extends ContentChunk {
  readonly type: 'raw';
  readonly dialect: WireDialect;
  readonly text: string;
}

/** A piece of a body that nobody here understands: the answer to a `proxy` request. */
export interface BytesChunk {
  readonly type: 'bytes';
  readonly bytes: Uint8Array;
  /** Of the answer up to here, as far as it can be read from what passes. */
  readonly usage?: TokenUsage;
}

export interface FinishChunk {
  readonly type: 'finish';
  readonly choice?: number;
  readonly reason: FinishReason;
  /** The stop string that ended the answer, when one did. */
  readonly stopSequence?: string;
  readonly usage: TokenUsage;
  readonly timings: AnswerTimings;
}

/**
 * What happens to a request while no token comes, and what happened to its answer on the way. Said to
 * people and in comments of a stream; never part of the answer.
 */
export type AnswerStatus =
  /** `position` 1 is next. `etaMs` only where it can be told. */
  | { readonly phase: 'queued'; readonly position: number; readonly etaMs?: number }
  | {
      readonly phase: 'loading';
      readonly machine: string;
      readonly share: number;
      readonly etaMs?: number;
    }
  /** The machine that answered was lost, and another one went on behind `atToken`. */
  | {
      readonly phase: 'moved';
      readonly from: string;
      readonly to: string;
      readonly atToken: number;
      readonly pauseMs: number;
    };

/**
 * One piece of an answer. `head` comes once, before all content; `status` may come at any time, also
 * before it; every choice ends with its own `finish`; the end of the iteration is the end of the
 * answer. A failure is thrown, never yielded.
 */
export type InferenceChunk =
  | { readonly type: 'status'; readonly status: AnswerStatus }
  | {
      readonly type: 'head';
      readonly servedBy: ServedBy;
      readonly headers: Readonly<Record<string, string>>;
      /** Of a `proxy` answer, which is passed on as it is; 200 if absent. */
      readonly status?: number;
      /** What its caller may still use, as headers. Set by this gateway's own limits, never by an upstream. */
      readonly limits?: Readonly<Record<string, string>>;
    }
  | TextChunk
  | ToolCallChunk
  | RawChunk
  | BytesChunk
  | { readonly type: 'embedding'; readonly index: number; readonly vector: readonly number[] }
  | { readonly type: 'scores'; readonly scores: readonly number[] }
  | FinishChunk;

export interface InferOptions {
  /** Aborting stops the engine; leaving the loop does the same. */
  readonly signal: AbortSignal;
  /**
   * Whether somebody else could go on with a lost answer right now. A tunnel that lost its node asks
   * it to decide how long to wait for its return. Absent: nobody could.
   */
  readonly canMoveOn?: () => boolean;
}

/** Anything that can answer: an engine here, a node behind the tunnel, a provider, the router itself. */
export interface InferenceBackend {
  infer(request: InferenceRequest, options: InferOptions): AsyncIterable<InferenceChunk>;
}
