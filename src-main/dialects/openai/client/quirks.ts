import type { ThoughtFields } from './message-body.ts';
import type { ThinkingStyle } from './thinking.ts';

/** Parts of a request that not every server honours, named as on the wire. */
export type OptionalParameter =
  | 'top_k'
  | 'min_p'
  | 'repeat_penalty'
  | 'seed'
  | 'logit_bias'
  | 'logprobs'
  | 'n'
  | 'tool_choice'
  | 'parallel_tool_calls'
  | 'json_object'
  | 'json_schema'
  | 'prompt_token_ids'
  | 'suffix';

/** In what one kind of server differs from the OpenAI API as it is documented. */
export interface OpenAiQuirks {
  /** What it honours. A request that asks for anything else is refused by name, never trimmed. */
  readonly takes: ReadonlySet<OptionalParameter>;
  readonly repeatPenaltyField: 'repeat_penalty' | 'repetition_penalty';
  /** How thinking is switched: an argument of the chat template, or as the row of the table says. */
  readonly thinking: 'template' | ThinkingStyle;
  /** Its field for the upper bound of thinking, in tokens; without one only switches exist. */
  readonly thinkingBudgetField?: string;
  /** Fields of its own that every generation is sent with. */
  readonly extraBody: Readonly<Record<string, unknown>>;
  /** Limit for callers that name none, where the server's own default would cut answers short. */
  readonly defaultMaxTokens?: number;
  /** It loses text around a stop string: it is sent none, and the answer is cut here. */
  readonly losesTextAtStop?: true;
  /** It answers every failure with 404, not only an unknown model. */
  readonly failsWith404?: true;
  /** Its field for the upper bound of an answer in chats; `max_tokens` if absent. */
  readonly maxTokensField?: 'max_completion_tokens';
  /** What it calls the thoughts of earlier turns; absent: both names, of which it skips one. */
  readonly thoughtFields?: ThoughtFields;
  /** Its field for the seed; `seed` if absent. */
  readonly seedField?: 'random_seed';
  /** It counts in every stream and knows no `stream_options`. */
  readonly alwaysCounts?: true;
  /** 403 is about the request, such as moderation or a model that is not theirs, not about the key. */
  readonly forbidsRequests?: true;
  /** How the bytes of a caller may pass; absent: they may not. */
  readonly raw?: RawHabits;
}

/** What a server does with requests that reach it as their callers wrote them. */
export interface RawHabits {
  /** Operations that it has under these paths; every other one gets the canonical form. */
  readonly paths: ReadonlySet<string>;
  /** Its streams tell their usage when `stream_options` asks for it. */
  readonly countsOnRequest?: true;
  /** Fields that mean something else there or are refused: a body with one is written anew. */
  readonly rewrites: readonly string[];
}

const documented: readonly OptionalParameter[] = [
  'seed',
  'logit_bias',
  'logprobs',
  'n',
  'tool_choice',
  'parallel_tool_calls',
  'json_object',
  'json_schema',
];

/** What each kind of server is known to do. `openai` is the documented API and nothing more. */
export const quirksOf = {
  'llama-server': {
    takes: new Set([...documented, 'top_k', 'min_p', 'repeat_penalty', 'prompt_token_ids']),
    repeatPenaltyField: 'repeat_penalty',
    thinking: 'template',
    thinkingBudgetField: 'reasoning_budget_tokens',
    extraBody: { timings_per_token: true },
  },
  vllm: {
    takes: new Set([...documented, 'top_k', 'min_p', 'repeat_penalty', 'prompt_token_ids']),
    repeatPenaltyField: 'repetition_penalty',
    thinking: 'template',
    extraBody: {},
  },
  mlx: {
    takes: new Set(['top_k', 'min_p', 'repeat_penalty', 'seed', 'logit_bias']),
    repeatPenaltyField: 'repetition_penalty',
    thinking: 'template',
    extraBody: {},
    // Its own default ends every answer after 512 tokens.
    defaultMaxTokens: 8192,
    failsWith404: true,
    losesTextAtStop: true,
  },
  ollama: {
    takes: new Set(['seed', 'json_object', 'json_schema', 'suffix']),
    repeatPenaltyField: 'repeat_penalty',
    thinking: 'effort',
    extraBody: {},
  },
  'lm-studio': {
    takes: new Set(['top_k', 'repeat_penalty', 'seed', 'logit_bias', 'tool_choice', 'json_schema']),
    repeatPenaltyField: 'repeat_penalty',
    thinking: 'effort',
    extraBody: {},
  },
  openai: {
    takes: new Set(documented),
    repeatPenaltyField: 'repetition_penalty',
    thinking: 'effort',
    extraBody: {},
  },
} as const satisfies Record<string, OpenAiQuirks>;

export type OpenAiServerKind = keyof typeof quirksOf;
