import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { messageEnd, messageStart, textBlock, wireBlock, wireError } from '../anthropic-wire.ts';

/** What the provider says, and what it lets a model call tools with. */
export interface TalkativeWords {
  readonly answer: string;
  readonly toolArgument: string;
}

/** How a request is answered stands in it, as `[fail 500]`; well if it stands nowhere. */
export const failMark = (kind: number | 'break' | 'event'): string => `[fail ${kind.toString()}]`;

export interface TalkativeProvider {
  /** Where its API begins, without version. */
  readonly origin: string;
  /** How often it was asked for anything but its models. */
  readonly asked: readonly string[];
}

/**
 * A provider of both APIs that repeats, in whatever goes wrong, all it was sent: the key, the headers and
 * the question.
 */
export async function startTalkativeProvider(
  models: readonly string[],
  words: TalkativeWords,
): Promise<TalkativeProvider> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void buffer(request)
      .then((body) => {
        if (request.method === 'GET' && /\/models(?:\?|$)/.test(request.url ?? '')) {
          const data = models.map((id) => ({ id, object: 'model', type: 'model' }));
          json(response, 200, { object: 'list', data, has_more: false });
          return;
        }
        asked.push(request.url ?? '');
        answer({ request, response, text: body.toString('utf8') }, words);
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port.toString()}`, asked };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly text: string;
}

function answer(exchange: Exchange, words: TalkativeWords): void {
  const { request, response, text } = exchange;
  const kind = /\[fail (\w+)\]/.exec(text)?.[1];
  const path = request.url ?? '';
  const isAnthropic = path.includes('/messages');
  const isStreamed = /"stream":\s*true/.test(text);
  if (kind !== undefined && /^\d+$/.test(kind)) {
    fail(exchange, Number(kind), isAnthropic);
  } else if (isStreamed) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const frames = isAnthropic ? anthropicFrames(words) : openaiFrames(words);
    if (kind === undefined) response.end(frames.join(''));
    else breakOff(exchange, frames, { kind, isAnthropic });
  } else if (path.includes('/chat/completions')) {
    json(response, 200, wholeChat(words));
  } else if (isAnthropic) {
    json(response, 200, wholeMessage(words));
  } else if (path.includes('/embeddings')) {
    const data = [{ object: 'embedding', index: 0, embedding: [0.5, 0.5] }];
    json(response, 200, { object: 'list', data, usage: { prompt_tokens: 3, total_tokens: 3 } });
  } else {
    json(response, 200, { id: 'any', said: words.answer });
  }
}

/** Everything that came in, in one sentence. */
function gossip({ request, text }: Exchange): string {
  const { authorization, 'x-api-key': key, 'api-key': azureKey } = request.headers;
  const said = [authorization, key, azureKey].filter((each) => each !== undefined).join(' ');
  return `Incorrect request with ${said} about ${text}`;
}

function fail(exchange: Exchange, status: number, isAnthropic: boolean): void {
  const message = gossip(exchange);
  const error = isAnthropic
    ? { type: 'error', error: { type: 'api_error', message } }
    : { error: { message, type: 'api_error', param: null, code: null } };
  if (status === 429) exchange.response.setHeader('retry-after', '1');
  json(exchange.response, status, error);
}

/** After some of the answer: an event with an error, or a broken line. */
function breakOff(
  exchange: Exchange,
  frames: readonly string[],
  { kind, isAnthropic }: { readonly kind: string; readonly isAnthropic: boolean },
): void {
  const { response } = exchange;
  response.write(frames.slice(0, 2).join(''));
  if (kind === 'break') {
    setImmediate(() => response.socket?.resetAndDestroy());
    return;
  }
  const message = gossip(exchange);
  const event = isAnthropic
    ? wireError('api_error', message)
    : `data: ${JSON.stringify({ error: { message, type: 'server_error' } })}\n\n`;
  response.end(event);
}

function openaiFrames({ answer: said, toolArgument }: TalkativeWords): readonly string[] {
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm' };
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const call = { index: 0, id: 'call_1', type: 'function', function: toolCall(toolArgument) };
  const events = [
    chunk({ role: 'assistant', content: said }),
    chunk({ content: ` ${said}` }),
    chunk({ tool_calls: [call] }),
    chunk({}, 'tool_calls'),
    { ...head, choices: [], usage: openaiUsage },
  ];
  return [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n'];
}

function anthropicFrames({ answer: said, toolArgument }: TalkativeWords): readonly string[] {
  const call = { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} };
  const input = JSON.stringify({ at: toolArgument });
  return [
    messageStart({ input_tokens: 5 }),
    textBlock(0, said),
    wireBlock(1, call, [{ type: 'input_json_delta', partial_json: input }]),
    messageEnd({ output_tokens: 4 }, { stop_reason: 'tool_use' }),
  ];
}

const openaiUsage = { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 };
const toolCall = (argument: string) => ({
  name: 'look',
  arguments: JSON.stringify({ at: argument }),
});

function wholeChat({ answer: content, toolArgument }: TalkativeWords): object {
  const call = { id: 'call_1', type: 'function', function: toolCall(toolArgument) };
  const message = { role: 'assistant', content, tool_calls: [call] };
  return {
    ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'm' },
    choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
    usage: openaiUsage,
  };
}

function wholeMessage({ answer: text, toolArgument }: TalkativeWords): object {
  return {
    ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_reason: 'tool_use' },
    stop_sequence: null,
    content: [
      { type: 'text', text },
      { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: toolArgument } },
    ],
    usage: { input_tokens: 5, output_tokens: 4 },
  };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
