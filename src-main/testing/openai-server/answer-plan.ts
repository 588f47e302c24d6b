import type { FakeServerOptions } from '../fake-openai-server.ts';

interface WireMessage {
  readonly role: string;
  readonly content?: string | null | readonly { readonly type: string; readonly text?: string }[];
}

/** What fakes read of a request's body. */
export interface GenerationBody {
  readonly model?: string;
  readonly messages?: readonly WireMessage[];
  readonly prompt?: string;
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly stop?: readonly string[];
  readonly max_tokens?: number;
  readonly n?: number;
  readonly input?: readonly string[];
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly [field: string]: unknown;
}

/** What is going to be said, before it takes a server's shape. */
export interface AnswerPlan {
  readonly model: string;
  readonly isChat: boolean;
  readonly choices: number;
  readonly reasoning: readonly string[];
  readonly pieces: readonly string[];
  readonly call?: { readonly name: string; readonly arguments: string };
  readonly finish: 'stop' | 'length' | 'tool_calls';
  readonly stopSequence?: string;
  readonly promptTokens: number;
  readonly includeUsage: boolean;
  readonly timingsPerToken: boolean;
  /** The connection breaks after this many frames. */
  readonly cutAfter?: number;
  /** Sent as an event in place of the answer, with status 200. */
  readonly errorEvent?: object;
  readonly failure?: { readonly status: number; readonly body: unknown };
}

/** Marks that a question may contain. */
export const fakeMarks = {
  think: '[think]',
  tool: '[tool]',
  cut: '[cut]',
  errorEvent: '[error]',
  /** The rest of the question up to the closing bracket is said, word by word. */
  say: '[say ',
} as const;

const longAnswer = Array.from({ length: 60 }, (_, index) => ` ${String(index + 1)}`);

export function planAnswer(options: FakeServerOptions, body: GenerationBody): AnswerPlan {
  const model = options.models.find(({ id }) => id === body.model);
  const words = promptWords(body);
  const question = words.join(' ');
  const plan = wordsOf(question, body);
  const context = model?.contextLength ?? 2048;
  return {
    model: body.model ?? '',
    isChat: body.messages !== undefined,
    choices: body.n ?? 1,
    promptTokens: words.length,
    includeUsage: body.stream_options?.include_usage === true,
    timingsPerToken: body['timings_per_token'] === true,
    ...plan,
    ...(question.includes(fakeMarks.cut) && { cutAfter: 3 }),
    ...(question.includes(fakeMarks.errorEvent) && {
      errorEvent: { error: { message: 'the fake broke', code: 500 } },
    }),
    ...(model === undefined && { failure: unknownModel(options, body.model ?? '') }),
    ...(words.length > context && { failure: tooLong(options, words.length, context) }),
  };
}

type Said = Pick<AnswerPlan, 'reasoning' | 'pieces' | 'call' | 'finish' | 'stopSequence'>;

function wordsOf(question: string, body: GenerationBody): Said {
  const reasoning = question.includes(fakeMarks.think) ? ['let', ' me', ' see'] : [];
  const tool = body.tools?.[0];
  if (tool !== undefined && question.includes(fakeMarks.tool)) {
    const call = { name: tool.function.name, arguments: '{"city": "Bern"}' };
    return { reasoning, pieces: [], call, finish: 'tool_calls' };
  }
  const said = /\[say ([^\]]*)\]/.exec(question)?.[1]?.split(/(?= )/) ?? longAnswer;
  const limit = body.max_tokens ?? Infinity;
  const cut = said.slice(0, limit);
  const text = cut.join('');
  const stop = (body.stop ?? []).find((each) => text.includes(each));
  if (stop !== undefined) {
    const before = text.slice(0, text.indexOf(stop)).split(/(?= )/);
    return { reasoning, pieces: before, finish: 'stop', stopSequence: stop };
  }
  return { reasoning, pieces: cut, finish: cut.length < said.length ? 'length' : 'stop' };
}

/** One word is one token. */
export function promptWords({ messages, prompt }: GenerationBody): string[] {
  const texts = (messages ?? []).map(({ content }) =>
    typeof content === 'string'
      ? content
      : (content ?? []).map((part) => part.text ?? '').join(' '),
  );
  return [prompt ?? '', ...texts].join(' ').split(/\s+/).filter(Boolean);
}

function unknownModel({ kind }: FakeServerOptions, name: string) {
  const message = `model '${name}' not found`;
  return { status: 404, body: kind === 'mlx' ? { error: message } : { error: { message } } };
}

function tooLong({ kind }: FakeServerOptions, length: number, context: number) {
  if (kind === 'llama-server') {
    const message = `request (${String(length)} tokens) exceeds the available context size (${String(context)} tokens), try increasing it`;
    const type = 'exceed_context_size_error';
    return {
      status: 400,
      body: { error: { code: 400, message, type, n_prompt_tokens: length, n_ctx: context } },
    };
  }
  const message = `This model's maximum context length is ${String(context)} tokens. However, your request has ${String(length)} input tokens. Please reduce the length of the input messages.`;
  return { status: 400, body: { error: { message, type: 'BadRequestError', code: 400 } } };
}
