import { Agent, request as send } from 'undici';
import { promptOf, tokenAt, tokensOf, wordsOf } from './scripted-model.ts';
import type { AnswerShape } from './scripted-model.ts';
import type { ScriptedModelOffer } from './processes/messages.ts';
import type { PoolHandle } from './world.ts';

/** One request of the run, and what is right about its answer. */
export interface Ask {
  readonly name: string;
  readonly pool: PoolHandle;
  readonly model: ScriptedModelOffer;
  /** Shared by all requests of one conversation, whoever asks them. */
  readonly beginning: string;
  readonly shape: AnswerShape;
  /** Reads nothing for a while after so many tokens. */
  readonly stallsAfter?: number;
  /** Goes away after so many tokens. */
  readonly leavesAfter?: number;
}

/**
 * How it ended for the caller.
 * - `complete` a finish and `[DONE]` · `refused` a status with an error body · `failed` an error event in
 *   the stream · `broken` the connection was cut · `left` the caller went away · `short` ended without any
 *   of these: never right
 */
export type Ending = 'complete' | 'refused' | 'failed' | 'broken' | 'left' | 'short';

export interface Told {
  readonly ask: Ask;
  readonly prompt: string;
  tokens: number;
  /** The first token that was wrong, in words. */
  wrongToken?: string;
  ending?: Ending;
  /** Of the error, where one was told. */
  code?: string;
  message?: string;
  /** The machine that answers now, as the gateway says. */
  machine?: string;
  /** Moves to another machine. */
  moves: { readonly from: string; readonly to: string; readonly atToken: number }[];
  cachedTokens?: number;
  promptTokens?: number;
}

export interface CallerOptions {
  readonly origin: string;
  readonly authority: string;
  readonly onTokens: (told: Told) => void;
  /** Resolves when a stalled caller reads on. */
  readonly stallOver: Promise<void>;
}

/** Asks as any tool would, and checks every token as it comes. Never rejects. */
export async function askAndCheck(ask: Ask, options: CallerOptions): Promise<Told> {
  const prompt = promptOf(ask.beginning, ask.name, ask.shape);
  const told: Told = { ask, prompt, tokens: 0, moves: [] };
  const agent = new Agent({ connect: { ca: options.authority, servername: 'localhost' } });
  try {
    await converse(told, agent, options);
  } catch (error) {
    told.ending ??= 'broken';
    told.message ??= error instanceof Error ? error.message : String(error);
  } finally {
    await agent.destroy();
  }
  told.ending ??= 'short';
  return told;
}

async function converse(told: Told, dispatcher: Agent, options: CallerOptions): Promise<void> {
  const { ask, prompt } = told;
  const { statusCode, headers, body } = await send(`${options.origin}/v1/chat/completions`, {
    ...{ method: 'POST', dispatcher },
    headers: { authorization: `Bearer ${ask.pool.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ model: ask.model.id, stream: true, stream_options: { include_usage: true } },
      messages: [{ role: 'user', content: prompt }],
    }),
  });
  noteMachine(told, headers['x-millpond-machine']);
  if (statusCode !== 200) {
    noteError(told, await body.json());
    told.ending = 'refused';
    return;
  }
  let rest = '';
  let hasStalled = false;
  for await (const bytes of body) {
    const events = `${rest}${String(bytes)}`.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) read(told, event);
    options.onTokens(told);
    if (told.tokens >= (ask.leavesAfter ?? Infinity)) {
      told.ending = 'left';
      return;
    }
    if (!hasStalled && told.tokens >= (ask.stallsAfter ?? Infinity)) {
      hasStalled = true;
      await options.stallOver;
    }
  }
}

function read(told: Told, event: string): void {
  if (event.startsWith(':')) {
    readComment(told, event);
    return;
  }
  const data = event.replace(/^data: /, '');
  if (data === '[DONE]') {
    told.ending =
      told.ending === undefined && told.tokens === told.ask.shape.length ? 'complete' : 'short';
    return;
  }
  const parsed = JSON.parse(data) as StreamEvent;
  if (parsed.error !== undefined) {
    noteError(told, parsed);
    told.ending = 'failed';
    return;
  }
  for (const { delta } of parsed.choices ?? []) checkTokens(told, delta?.content ?? '');
  if (parsed.usage) {
    told.promptTokens = parsed.usage.prompt_tokens;
    told.cachedTokens = parsed.usage.prompt_tokens_details?.cached_tokens ?? 0;
  }
}

interface StreamEvent {
  readonly error?: {
    readonly code?: string | null;
    readonly type?: string;
    readonly message: string;
  };
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number };
  } | null;
}

/** `moved from birch to cedar behind token 17 after 230 ms`, or the route as headers would tell it. */
function readComment(told: Told, comment: string): void {
  const moved = /moved from (\S+) to (\S+) behind token (\d+)/.exec(comment);
  if (moved !== null) {
    const [, from = '', to = '', at = ''] = moved;
    told.moves.push({ from, to, atToken: Number(at) });
    told.machine = to;
  }
  noteMachine(told, /x-millpond-machine: ([^,\s]+)/.exec(comment)?.[1]);
}

function noteMachine(told: Told, header: string | string[] | undefined): void {
  if (typeof header === 'string') told.machine = header;
}

function noteError(told: Told, body: unknown): void {
  const { error } = body as Pick<StreamEvent, 'error'>;
  const code = error?.code ?? error?.type;
  if (code !== undefined) told.code = code;
  if (error !== undefined) told.message = error.message;
}

function checkTokens(told: Told, text: string): void {
  for (const token of tokensOf(text)) {
    const expected = tokenAt(told.ask.model.weights, told.prompt, told.tokens);
    if (token !== expected) {
      told.wrongToken ??= `token ${told.tokens} is ${token} instead of ${expected}`;
    }
    told.tokens += 1;
  }
}

/** Tokens that a settled request of this kind has used. */
export function usedTokens({ prompt, tokens }: Told): number {
  return wordsOf(prompt).length + tokens;
}
