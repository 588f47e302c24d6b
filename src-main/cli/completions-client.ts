import { z } from 'zod';
import { MillpondError } from '../core/error.ts';
import { readServerSentEvents } from '../core/async/server-sent-events.ts';
import { readBodyText } from '../core/http-body.ts';
import type { CliDependencies, RuntimeAddress } from './ports.ts';

export interface ConversationMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface GenerateOptions {
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly seed?: number;
}

const streamChunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish(), reasoning_content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});

const failure = z.object({ error: z.object({ message: z.string(), code: z.string().nullish() }) });

export type AnswerEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'end'; readonly reason: string; readonly usage: AnswerUsage };

export interface AnswerUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Asks the runtime's own OpenAI address, exactly as any other tool on this machine would. */
export async function* streamAnswer(
  deps: Pick<CliDependencies, 'http'>,
  address: RuntimeAddress,
  request: { readonly model: string; readonly messages: readonly ConversationMessage[] },
  options: GenerateOptions & { readonly signal: AbortSignal },
): AsyncGenerator<AnswerEvent, void, undefined> {
  const { signal, temperature, maxTokens, seed } = options;
  const response = await (address.http ?? deps.http).request({
    method: 'POST',
    url: `${address.origin}/v1/chat/completions`,
    headers: {
      authorization: `Bearer ${address.token}`,
      'content-type': 'application/json',
      'user-agent': 'millpond-cli',
    },
    body: JSON.stringify({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
      temperature,
      max_completion_tokens: maxTokens,
      seed,
    }),
    signal,
  });
  if (response.status >= 400) throw errorOf(response.status, await readBodyText(response));
  let reason = '';
  let usage: AnswerUsage = { promptTokens: 0, completionTokens: 0 };
  for await (const data of readServerSentEvents(response.body)) {
    if (data === '[DONE]') {
      yield { type: 'end', reason, usage };
      return;
    }
    const json: unknown = JSON.parse(data);
    const failed = failure.safeParse(json);
    if (failed.success) throw new MillpondError('internal', failed.data.error.message);
    const chunk = streamChunk.parse(json);
    const choice = chunk.choices[0];
    if (choice?.delta.reasoning_content) {
      yield { type: 'reasoning', text: choice.delta.reasoning_content };
    }
    if (choice?.delta.content) yield { type: 'text', text: choice.delta.content };
    reason = choice?.finish_reason ?? reason;
    if (chunk.usage) {
      const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = chunk.usage;
      usage = { promptTokens, completionTokens };
    }
  }
  throw new MillpondError('unavailable', 'The answer broke off; what arrived is printed above');
}

function errorOf(status: number, body: string): MillpondError {
  const parsed = failure.safeParse(parseJson(body));
  const message = parsed.success
    ? parsed.data.error.message
    : `The server answered ${String(status)}`;
  if (status === 404) return new MillpondError('model-not-found', message);
  if (status === 400 || status === 413) return new MillpondError('invalid-request', message);
  if (status === 401) return new MillpondError('unauthenticated', message);
  if (status === 429) return new MillpondError('overloaded', message);
  return new MillpondError(status === 503 ? 'unavailable' : 'internal', message);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A proxy's HTML page: the status alone must do.
  }
}
