import type {
  CanonicalInput,
  ChatInput,
  ChatMessage,
  ContentPart,
  InferenceRequest,
  RawRequest,
} from '../../core/inference.ts';
import { readPassingBody } from '../../dialects/passing-body.ts';

/** What a request may take, before anybody has counted it. */
export interface Estimate {
  /** Rather too many: settling gives back. */
  readonly promptTokens: number;
  /** About as many as it has: what is charged where nobody ever counts. */
  readonly likelyPromptTokens: number;
  /** The longest answer that it may get. */
  readonly answerTokens: number;
  /** Nobody said how long its answer may get. */
  readonly isUnbounded: boolean;
}

/** Fewer than most texts have. */
const charactersPerToken = 3;
const likelyShare = 0.75;
const tokensPerMessage = 8;
const tokensPerPicture = 1000;
const tokensPerTool = 50;
/** Reserved for an answer whose length nobody bounded; hardly any is longer. */
export const unboundedAnswerTokens = 16_384;

const cjk = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/g;

type Asked = Pick<InferenceRequest, 'input' | 'raw'>;

/** Reckons from the request alone. `contextLength` bounds what a model can answer, where it is known. */
export function estimateTokens({ input, raw }: Asked, contextLength?: number): Estimate {
  if (input.task === 'proxy') return passingEstimate(raw);
  const promptTokens = promptTokensOf(input);
  const likelyPromptTokens = likely(promptTokens);
  if (input.task !== 'chat' && input.task !== 'completion') {
    return { promptTokens, likelyPromptTokens, answerTokens: 0, isUnbounded: false };
  }
  const room = Math.max(1, (contextLength ?? Infinity) - promptTokens);
  const answer = Math.min(input.maxTokens ?? unboundedAnswerTokens, room);
  return {
    ...{ promptTokens, likelyPromptTokens, answerTokens: answer * input.choices },
    isUnbounded: input.maxTokens === undefined,
  };
}

/** Of a request that passes as it came. What makes something takes a token at least: nobody asks on credit. */
function passingEstimate(raw: RawRequest | undefined): Estimate {
  if (raw === undefined || onlyAsks.has(raw.method)) return nothing;
  const body = readPassingBody(raw);
  if (body === undefined) return { ...nothing, answerTokens: 1 };
  const spoken = body.texts.reduce((sum, text) => sum + tokensOf(text), 0);
  const promptTokens = spoken + body.pictures * tokensPerPicture;
  const answerTokens = body.isWritten ? (body.maxTokens ?? unboundedAnswerTokens) : 1;
  return {
    ...{ promptTokens, likelyPromptTokens: likely(promptTokens), answerTokens },
    isUnbounded: body.isWritten && body.maxTokens === undefined,
  };
}

const onlyAsks: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE']);
const nothing: Estimate = {
  ...{ promptTokens: 0, likelyPromptTokens: 0, answerTokens: 0 },
  isUnbounded: false,
};

function likely(promptTokens: number): number {
  return Math.ceil(promptTokens * likelyShare);
}

function promptTokensOf(input: CanonicalInput): number {
  switch (input.task) {
    case 'chat':
      return chatTokens(input);
    case 'completion':
      return tokensOf(input.prompt) + tokensOf(input.suffix ?? '');
    case 'embedding':
      return input.inputs.reduce((sum, each) => sum + tokensOf(each), 0);
    case 'rerank':
      return input.documents.reduce(
        (sum, document) => sum + tokensOf(document) + tokensOf(input.query),
        0,
      );
    case 'count':
    case 'proxy':
      return 0;
  }
}

function chatTokens({ messages, tools }: ChatInput): number {
  const spoken = messages.reduce((sum, message) => sum + messageTokens(message), 0);
  return tools.reduce(
    (sum, tool) => sum + tokensPerTool + tokensOf(tool.name) + tokensOf(tool.description ?? ''),
    spoken,
  );
}

function messageTokens(message: ChatMessage): number {
  switch (message.role) {
    case 'system':
      return tokensPerMessage + tokensOf(message.text);
    case 'user':
      return tokensPerMessage + message.content.reduce((sum, part) => sum + partTokens(part), 0);
    case 'assistant': {
      const called = (message.toolCalls ?? []).reduce(
        (sum, call) => sum + tokensPerMessage + tokensOf(call.name) + tokensOf(call.arguments),
        0,
      );
      return tokensPerMessage + tokensOf(message.text) + tokensOf(message.reasoning ?? '') + called;
    }
    case 'tool':
      return (
        tokensPerMessage + tokensOf(message.text) + (message.images ?? []).length * tokensPerPicture
      );
  }
}

function partTokens(part: ContentPart): number {
  return part.type === 'text' ? tokensOf(part.text) : tokensPerPicture;
}

/** Tokens of a text in any language; those of one that came as tokens are counted. */
export function tokensOf(text: string | readonly number[]): number {
  if (typeof text !== 'string') return text.length;
  const wide = text.match(cjk)?.length ?? 0;
  return wide + Math.ceil((text.length - wide) / charactersPerToken);
}
