import type { OpenAiQuirks, OptionalParameter } from './quirks.ts';
import { quirksOf } from './quirks.ts';

const chat = '/chat/completions';
const completions = '/completions';
const embeddings = '/embeddings';
const responses = '/responses';
const rerank = '/rerank';

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

/** What every vendor here has in common. */
const common = {
  repeatPenaltyField: 'repetition_penalty',
  extraBody: {},
  forbidsRequests: true,
} as const;

const openai: OpenAiQuirks = {
  ...common,
  takes: new Set([...documented, 'prompt_token_ids', 'suffix']),
  thinking: 'openai',
  thoughtFields: [],
  maxTokensField: 'max_completion_tokens',
  raw: {
    paths: new Set([chat, completions, embeddings, responses]),
    countsOnRequest: true,
    rewrites: [],
  },
};

/** The habits of companies that speak the OpenAI API, as their documentation tells them. */
export const vendorQuirks = {
  openai,
  azure: openai,
  gemini: {
    ...common,
    takes: new Set(['n', 'seed', 'tool_choice', 'json_object', 'json_schema']),
    thinking: 'gemini',
    thoughtFields: [],
    raw: { paths: new Set([chat, embeddings]), countsOnRequest: true, rewrites: [] },
  },
  deepseek: {
    ...common,
    takes: new Set(['logprobs', 'tool_choice', 'json_object']),
    thinking: 'deepseek',
    thoughtFields: ['reasoning_content'],
    raw: {
      paths: new Set([chat]),
      countsOnRequest: true,
      rewrites: ['reasoning_effort', 'max_completion_tokens'],
    },
  },
  moonshot: {
    ...common,
    takes: new Set(['n', 'json_object']),
    thinking: 'type',
    thoughtFields: ['reasoning_content'],
    raw: {
      paths: new Set([chat]),
      countsOnRequest: true,
      rewrites: ['reasoning_effort', 'max_completion_tokens'],
    },
  },
  xai: {
    ...common,
    takes: new Set([
      ...(['seed', 'logprobs', 'n', 'tool_choice', 'parallel_tool_calls'] as const),
      ...(['json_object', 'json_schema'] as const),
    ]),
    thinking: 'xai',
    thoughtFields: [],
    maxTokensField: 'max_completion_tokens',
    raw: { paths: new Set([chat, responses]), countsOnRequest: true, rewrites: [] },
  },
  qwen: {
    ...common,
    takes: new Set([
      ...(['top_k', 'seed', 'logprobs', 'n', 'tool_choice'] as const),
      ...(['parallel_tool_calls', 'json_object', 'json_schema'] as const),
    ]),
    thinking: 'enable',
    thoughtFields: ['reasoning_content'],
    thinkingBudgetField: 'thinking_budget',
    raw: {
      paths: new Set([chat, embeddings]),
      countsOnRequest: true,
      rewrites: ['reasoning_effort', 'max_completion_tokens'],
    },
  },
  glm: {
    ...common,
    takes: new Set(['json_object']),
    thinking: 'type',
    thoughtFields: ['reasoning_content'],
    alwaysCounts: true,
    raw: {
      paths: new Set([chat, embeddings]),
      rewrites: ['reasoning_effort', 'max_completion_tokens', 'stream_options'],
    },
  },
  mistral: {
    ...common,
    takes: new Set([
      ...(['seed', 'n', 'tool_choice', 'parallel_tool_calls'] as const),
      ...(['json_object', 'json_schema'] as const),
    ]),
    thinking: 'mistral',
    thoughtFields: [],
    seedField: 'random_seed',
    alwaysCounts: true,
    // It answers 422 to every field that it does not know.
    raw: {
      paths: new Set([chat, embeddings]),
      rewrites: ['reasoning_effort', 'max_completion_tokens', 'stream_options', 'seed'],
    },
  },
  groq: {
    ...common,
    takes: new Set([
      ...(['seed', 'tool_choice', 'parallel_tool_calls', 'json_object', 'json_schema'] as const),
    ]),
    thinking: 'groq',
    thoughtFields: [],
    maxTokensField: 'max_completion_tokens',
    raw: { paths: new Set([chat, responses]), countsOnRequest: true, rewrites: [] },
  },
  together: {
    ...common,
    takes: new Set([
      ...(['top_k', 'min_p', 'repeat_penalty', 'seed', 'logit_bias', 'n'] as const),
      ...(['tool_choice', 'json_object', 'json_schema'] as const),
    ]),
    thinking: 'together',
    raw: {
      paths: new Set([chat, completions, embeddings, rerank]),
      countsOnRequest: true,
      rewrites: ['max_completion_tokens'],
    },
  },
  openrouter: {
    ...common,
    takes: new Set([
      ...(['top_k', 'min_p', 'repeat_penalty', 'seed', 'logit_bias', 'logprobs'] as const),
      ...(['tool_choice', 'parallel_tool_calls', 'json_object', 'json_schema'] as const),
    ]),
    thinking: 'openrouter',
    thoughtFields: ['reasoning'],
    raw: {
      paths: new Set([chat, completions, embeddings, responses]),
      countsOnRequest: true,
      rewrites: [],
    },
  },
  ollama: {
    ...quirksOf.ollama,
    thinking: 'ollama',
    raw: {
      paths: new Set([chat, completions, embeddings]),
      countsOnRequest: true,
      rewrites: [],
    },
  },
  /** Any address: what it does beyond the documented API is not known. */
  custom: {
    ...common,
    takes: new Set(documented),
    thinking: 'effort',
    raw: { paths: new Set([chat, completions, embeddings, rerank]), rewrites: [] },
  },
} as const satisfies Record<string, OpenAiQuirks>;

export type OpenAiVendor = keyof typeof vendorQuirks;
