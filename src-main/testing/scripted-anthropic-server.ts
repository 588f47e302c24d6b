import type { ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { messageEnd, messageStart, wireBlock } from './anthropic-wire.ts';
import { serveHttp } from './http-servers.ts';

const question = z.object({
  model: z.string(),
  stream: z.boolean().optional(),
  max_tokens: z.number().optional(),
  stop_sequences: z.array(z.string()).optional(),
  messages: z.array(z.object({ content: z.unknown() })),
  tools: z.array(z.object({ name: z.string() })).optional(),
});
type Question = z.output<typeof question>;

type Block =
  | { readonly type: 'text'; readonly pieces: readonly string[] }
  | { readonly type: 'thinking'; readonly pieces: readonly string[] }
  | { readonly type: 'tool_use'; readonly name: string };

interface Plan {
  readonly model: string;
  readonly blocks: readonly Block[];
  readonly end: { readonly stop_reason: string; readonly stop_sequence?: string };
  readonly outputTokens: number;
}

const inputTokens = 11;
const toolInput = { city: 'Bern' };
const sixty = Array.from({ length: 60 }, (_, index) => ` ${(index + 1).toString()}`);

/**
 * A server of the Messages API that counts up to sixty until the test has finished; the marks of
 * `fakeMarks` in a question make it think, call a tool or say something else. Gives its origin.
 */
export function startScriptedAnthropicServer(model: string): Promise<string> {
  return serveHttp((request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    if (request.method === 'GET') {
      const data = [{ id: model, type: 'model', display_name: model, created_at: '2025-01-01' }];
      send(response, { data, has_more: false, first_id: model, last_id: model });
      return;
    }
    void json(request)
      .then((body) => {
        if (path.endsWith('/count_tokens')) send(response, { input_tokens: inputTokens });
        else answer(response, question.parse(body));
      })
      .catch(() => response.destroy());
  });
}

function answer(response: ServerResponse, asked: Question): void {
  const plan = planOf(asked);
  if (asked.stream !== true) {
    send(response, wholeOf(plan));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(eventsOf(plan).join(''));
}

function planOf({ model, messages, tools, ...limits }: Question): Plan {
  const last = JSON.stringify(messages.at(-1)?.content);
  const tool = tools?.[0];
  const thought: Block[] = last.includes('[think]')
    ? [{ type: 'thinking', pieces: ['let', ' me', ' see'] }]
    : [];
  if (tool !== undefined && last.includes('[tool]')) {
    const blocks = [...thought, { type: 'tool_use' as const, name: tool.name }];
    return { model, blocks, end: { stop_reason: 'tool_use' }, outputTokens: 5 };
  }
  const { pieces, end } = saidOf(last, limits);
  const blocks: Block[] = [...thought, { type: 'text', pieces }];
  return { model, blocks, end, outputTokens: pieces.length };
}

function saidOf(
  last: string,
  { max_tokens: most = Infinity, stop_sequences: stops = [] }: Partial<Question>,
): { readonly pieces: readonly string[]; readonly end: Plan['end'] } {
  const words = /\[say ([^\]]*)\]/.exec(last)?.[1]?.replaceAll('\\"', '"').split(/(?= )/) ?? sixty;
  const stop = stops.find((each) => words.join('').includes(each));
  if (stop !== undefined) {
    const text = words.join('');
    const end = { stop_reason: 'stop_sequence', stop_sequence: stop };
    return { pieces: text.slice(0, text.indexOf(stop)).split(/(?= )/), end };
  }
  const isCut = words.length > most;
  const end = { stop_reason: isCut ? 'max_tokens' : 'end_turn' };
  return { pieces: words.slice(0, most), end };
}

function eventsOf({ model, blocks, end, outputTokens }: Plan): readonly string[] {
  const written = blocks.map((block, index) => {
    switch (block.type) {
      case 'text': {
        const deltas = block.pieces.map((text) => ({ type: 'text_delta', text }));
        return wireBlock(index, { type: 'text', text: '' }, deltas);
      }
      case 'thinking': {
        const deltas = block.pieces.map((thinking) => ({ type: 'thinking_delta', thinking }));
        const proof = { type: 'signature_delta', signature: 'proof' };
        const empty = { type: 'thinking', thinking: '', signature: '' };
        return wireBlock(index, empty, [...deltas, proof]);
      }
      case 'tool_use': {
        const partial_json = JSON.stringify(toolInput);
        const call = { type: 'tool_use', id: 'toolu_1', name: block.name, input: {} };
        return wireBlock(index, call, [{ type: 'input_json_delta', partial_json }]);
      }
    }
  });
  const usage = { input_tokens: inputTokens };
  return [
    messageStart(usage, model),
    ...written,
    messageEnd({ ...usage, output_tokens: outputTokens }, end),
  ];
}

function wholeOf({ model, blocks, end, outputTokens }: Plan): object {
  const content = blocks.map((block) => {
    switch (block.type) {
      case 'text':
        return { type: 'text', text: block.pieces.join('') };
      case 'thinking':
        return { type: 'thinking', thinking: block.pieces.join(''), signature: 'proof' };
      case 'tool_use':
        return { type: 'tool_use', id: 'toolu_1', name: block.name, input: toolInput };
    }
  });
  return {
    ...{ id: 'msg_1', type: 'message', role: 'assistant', model, content },
    ...{ stop_sequence: null, ...end },
    usage: { input_tokens: inputTokens, output_tokens: outputTokens },
  };
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
