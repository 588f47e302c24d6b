import type { ChatCompletionChunk } from 'openai/resources';
import { countedNumbers, countTo } from '../fixtures/counted.ts';
import { expect, provingModels, test } from '../fixtures/openai.ts';
import { scripts, slowCount } from '../fixtures/scripted-models.ts';
import { promisedMs } from '../../src-main/testing/patience.ts';

const ask = (text: string) => [{ role: 'user' as const, content: text }];

async function collect(stream: AsyncIterable<ChatCompletionChunk>): Promise<ChatCompletionChunk[]> {
  const chunks: ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const textOf = (chunks: readonly ChatCompletionChunk[]): string =>
  chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');

for (const name of provingModels) {
  test(`E5: plain and streamed answers of ${name} have the same text for the same seed`, async ({
    openai,
    runtime,
  }) => {
    const { id: model } = await runtime.model(name);
    const request = { model, messages: ask('What is Millpond?'), seed: 7, temperature: 1 };
    const plain = await openai.chat.completions.create(request);
    const chunks = await collect(
      await openai.chat.completions.create({ ...request, stream: true }),
    );
    expect(textOf(chunks)).toBe(plain.choices[0]?.message.content);
    expect(plain.choices[0]?.finish_reason).toBe('stop');
    expect(plain.usage?.completion_tokens).toBeGreaterThan(0);
  });

  test(`E5: a stream of ${name} has its role first, one finish, and usage exactly when asked`, async ({
    openai,
    runtime,
  }) => {
    const { id: model } = await runtime.model(name);
    const request = { model, messages: ask('Hello'), stream: true, temperature: 0 } as const;
    const chunks = await collect(await openai.chat.completions.create(request));
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
    expect(textOf(chunks)).not.toBe('');
    if (name === 'scripted') expect(textOf(chunks)).toBe(scripts.greeting);
    const finishes = chunks.filter((chunk) => chunk.choices[0]?.finish_reason);
    expect(finishes.map((chunk) => chunk.choices[0]?.finish_reason)).toEqual(['stop']);
    expect(chunks.every((chunk) => !chunk.usage)).toBe(true);

    const options = { stream_options: { include_usage: true } };
    const counted = await collect(await openai.chat.completions.create({ ...request, ...options }));
    expect(counted.at(-1)?.choices).toEqual([]);
    expect(counted.at(-1)?.usage?.completion_tokens).toBeGreaterThan(0);
    expect(counted.filter((chunk) => chunk.usage).length).toBe(1);
  });
}

test('E5: the wire ends in [DONE], and the first delta leaves before the engine has finished', async ({
  runtime,
  slow,
}) => {
  const response = await fetch(`${runtime.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: slow, messages: ask('Count'), stream: true, max_tokens: 120 }),
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('content-encoding')).toBeNull();
  let wire = '';
  let busyAtFirstText: boolean | undefined;
  for await (const part of response.body ?? []) {
    wire += Buffer.from(part).toString();
    if (busyAtFirstText === undefined && wire.includes('"content":" 1')) {
      const { requests } = await runtime.control.activity.list({ state: 'running' });
      busyAtFirstText = requests.some((request) => request.model === slow);
    }
  }
  expect(busyAtFirstText).toBe(true);
  expect(wire.trimEnd().endsWith('data: [DONE]')).toBe(true);
});

test('a stream delivers every token once and in order', async ({ openai, slow }) => {
  const request = { model: slow, messages: ask('Count'), stream: true } as const;
  const chunks = await collect(await openai.chat.completions.create(request));
  expect(countedNumbers(textOf(chunks))).toEqual(countTo(slowCount));
});

test('E6: a thought comes in its own field before the answer, without a tag', async ({
  openai,
  scripted,
}) => {
  const request = { model: scripted, messages: ask('A puzzle: two and two?') };
  const plain = await openai.chat.completions.create(request);
  const message = plain.choices[0]?.message as unknown as Record<string, unknown>;
  expect(message['content']).toBe(scripts.afterThought);
  expect(message['reasoning_content']).toBe(scripts.thought);
  expect(plain.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0);

  const chunks = await collect(await openai.chat.completions.create({ ...request, stream: true }));
  const deltas = chunks.map(
    (chunk) => (chunk.choices[0]?.delta ?? {}) as Record<string, string | undefined>,
  );
  const thought = deltas.map((delta) => delta['reasoning_content'] ?? '');
  expect(thought.join('')).toBe(scripts.thought);
  expect(textOf(chunks)).toBe(scripts.afterThought);
  const lastThought = thought.findLastIndex((text) => text !== '');
  const firstText = deltas.findIndex((delta) => Boolean(delta['content']));
  expect(firstText).toBeGreaterThan(lastThought);
});

test('E6: reasoning_effort "none" turns thinking off', async ({ openai, scripted }) => {
  const plain = await openai.chat.completions.create({
    model: scripted,
    messages: ask('A puzzle: two and two?'),
    reasoning_effort: 'none',
  });
  expect(plain.choices[0]?.message.content).toBe(scripts.withoutThought);
});

test('E6: a thought that is sent back is in the prompt of the next turn', async ({
  openai,
  scripted,
}) => {
  const first = await openai.chat.completions.create({
    model: scripted,
    messages: ask('A puzzle: two and two?'),
  });
  const answered = first.choices[0]?.message;
  const second = (message: typeof answered) =>
    openai.chat.completions.create({
      model: scripted,
      messages: [
        ...ask('A puzzle: two and two?'),
        ...(message === undefined ? [] : [message]),
        ...ask('How do you know?'),
      ],
    });
  const remembered = await second(answered);
  expect(remembered.choices[0]?.message.content).toBe(scripts.rememberedThought);
  const forgotten = await second({
    role: 'assistant',
    content: scripts.afterThought,
    refusal: null,
  });
  expect(forgotten.choices[0]?.message.content).toBe(scripts.greeting);
});

test('E6: Guide, which does not think, has no thought to show or to count', async ({ openai }) => {
  for (const effort of ['none', 'low'] as const) {
    const request = { model: 'guide', messages: ask('What is 2 plus 2?'), temperature: 0 };
    const answer = await openai.chat.completions.create({ ...request, reasoning_effort: effort });
    const [choice] = answer.choices;
    expect(choice?.message.content).toBeTruthy();
    expect(choice?.message.content).not.toContain('think>');
    expect(choice?.message).not.toHaveProperty('reasoning_content');
    expect(answer.usage?.completion_tokens_details?.reasoning_tokens ?? 0).toBe(0);
  }
});

test('max_tokens, stop and n are honoured', async ({ openai, slow, scripted }) => {
  const cut = await openai.chat.completions.create({
    model: slow,
    messages: ask('Count'),
    max_tokens: 5,
  });
  expect(cut.choices[0]?.message.content).toBe(' 1 2 3 4 5');
  expect(cut.choices[0]?.finish_reason).toBe('length');

  const stopped = await openai.chat.completions.create({
    model: slow,
    messages: ask('Count'),
    stop: [' 12'],
  });
  expect(stopped.choices[0]?.message.content).toMatch(/ 11$/);
  expect(stopped.choices[0]?.finish_reason).toBe('stop');

  const twice = await openai.chat.completions.create({
    model: scripted,
    messages: ask('Hello'),
    n: 2,
  });
  expect(twice.choices.map((choice) => choice.message.content)).toEqual([
    scripts.greeting,
    scripts.greeting,
  ]);
});

test('log probabilities name the chosen token and its alternatives', async ({ openai }) => {
  const answer = await openai.chat.completions.create({
    model: 'guide',
    messages: ask('What is Millpond?'),
    logprobs: true,
    top_logprobs: 3,
    max_tokens: 8,
    temperature: 0,
  });
  const tokens = answer.choices[0]?.logprobs?.content ?? [];
  expect(tokens.length).toBeGreaterThan(0);
  for (const token of tokens) {
    expect(token.logprob).toBeLessThanOrEqual(0);
    expect(token.top_logprobs).toHaveLength(3);
    expect(token.top_logprobs[0]?.token).toBe(token.token);
  }
});

const endlessWeather = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string', maxLength: 20 } },
      required: ['city'],
      additionalProperties: false,
    },
  },
} as const;

/** Streams of a thousand tokens: the slow model counts, Guide is made to call without an end. */
const longStreams = {
  slow: { messages: ask('Count'), max_tokens: slowCount },
  guide: {
    messages: ask('What is Millpond?'),
    tools: [endlessWeather],
    tool_choice: 'required',
    parallel_tool_calls: true,
    max_tokens: 1000,
    temperature: 0,
  },
} as const;

for (const name of ['slow', 'guide'] as const) {
  test(`E14: when the caller of ${name} leaves, the engine stops within 100 ms and its slot is free`, async ({
    openai,
    runtime,
  }, info) => {
    const { id: model } = await runtime.model(name);
    const leave = new AbortController();
    const request = { ...longStreams[name], model, stream: true } as const;
    const stream = await openai.chat.completions.create(
      { ...request, tools: 'tools' in request ? [...request.tools] : [] },
      { signal: leave.signal },
    );
    let received = 0;
    // Leaving the loop ends the connection, so the clock starts at the chunk in front of it.
    let leftAt = Infinity;
    for await (const chunk of stream) {
      const delta = chunk.choices[0]?.delta;
      if (Boolean(delta?.content) || delta?.tool_calls !== undefined) received += 1;
      if (received >= 10) break;
      leftAt = Date.now();
    }
    leave.abort();

    const last = async () => (await runtime.control.activity.list({ limit: 1 })).requests[0];
    await expect
      .poll(async () => (await last())?.state, { timeout: promisedMs(2000) })
      .toBe('cancelled');
    const record = await last();
    const generated = record?.usage?.completionTokens ?? Infinity;
    const stoppedAfterMs = (record?.startedAt ?? Infinity) + (record?.durationMs ?? 0) - leftAt;
    info.annotations.push({
      type: 'measured',
      description: `${received} chunks read, ${generated} tokens made, stopped after ${Math.round(stoppedAfterMs)} ms`,
    });
    expect(generated).toBeLessThan(1000);
    expect(stoppedAfterMs).toBeLessThanOrEqual(promisedMs(100));
    const { models } = await runtime.control.models.list({});
    expect(models.find((found) => found.id === model)?.loaded?.busySlots).toBe(0);
  });
}
