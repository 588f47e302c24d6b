import Anthropic from '@anthropic-ai/sdk';
import OpenAI, {
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
} from 'openai';
import { expect, onTestFinished, test } from 'vitest';
import { startFakeOpenAiServer } from '../../testing/fake-openai-server.ts';
import { joinPool, openTestPool, spawnMachine } from '../../testing/pool-fixture.ts';
import { startScriptedAnthropicServer } from '../../testing/scripted-anthropic-server.ts';
import { countingPieces, scriptedWhen } from '../../testing/scripted-gguf.ts';
import type { ScriptedModelOptions } from '../../testing/scripted-gguf.ts';

/** What every model of this suite does, wherever it runs. */
const script: ScriptedModelOptions = {
  tools: true,
  reasoning: true,
  says: [
    {
      when: scriptedWhen.lastMessageHas('[tool]'),
      says: '<tool_call>\n{"name": "weather", "arguments": {"city": "Bern"}}\n</tool_call>',
    },
    { when: scriptedWhen.lastMessageHas('[say Hello'), says: 'Hello there.' },
    { when: scriptedWhen.lastMessageHas('[say {'), says: '{"city":"Oslo"}' },
    {
      when: scriptedWhen.lastMessageHas('[think]'),
      says: '<think>\nlet me see\n</think>\n\nDone.',
    },
    { says: countingPieces(60) },
  ],
};

interface Clients {
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  /** With a key that nobody gave. */
  readonly stranger: OpenAI;
  readonly model: string;
  readonly kind: 'local' | 'node' | 'openai' | 'anthropic';
}

const hello = 'Please [say Hello there.]';
const user = (content: string) => [{ role: 'user' as const, content }];
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
} as const;
const tools = [{ type: 'function' as const, function: { name: 'weather', parameters } }];
const claudeTools = [{ name: 'weather', input_schema: { ...parameters, required: ['city'] } }];
const cityOf = (text = '{}'): unknown => JSON.parse(text);

type Behaviour = (clients: Clients) => Promise<void>;

const chatBehaviours: Readonly<Record<string, Behaviour>> = {
  async 'chat, whole, with usage'({ openai, model }) {
    const { choices, usage } = await openai.chat.completions.create({
      model,
      messages: user(hello),
    });
    expect(choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: 'Hello there.' },
    });
    expect(usage?.completion_tokens).toBeGreaterThan(0);
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  },
  async 'chat, streamed, usage in a chunk of its own'({ openai, model }) {
    const stream = await openai.chat.completions.create({
      ...{ model, messages: user(hello), stream: true },
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect(text).toBe('Hello there.');
    const ends = chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? []);
    expect(ends).toEqual(['stop']);
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBeGreaterThan(0);
  },
  async 'tools, whole and streamed'({ openai, model }) {
    const request = { model, messages: user('[tool]'), tools };
    const whole = await openai.chat.completions.create(request);
    const streamed = await openai.chat.completions.stream(request).finalChatCompletion();
    for (const { choices } of [whole, streamed]) {
      expect(choices[0]?.finish_reason).toBe('tool_calls');
      const call = choices[0]?.message.tool_calls?.[0];
      if (call?.type !== 'function') throw new Error('no call');
      expect([call.id === '', call.function.name]).toEqual([false, 'weather']);
      expect(cityOf(call.function.arguments)).toEqual({ city: 'Bern' });
    }
  },
  async 'a JSON schema'({ openai, model }) {
    const { choices } = await openai.chat.completions.create({
      ...{ model, messages: user('[say {"city":"Oslo"}]') },
      response_format: { type: 'json_schema', json_schema: { name: 'c', schema: parameters } },
    });
    expect(cityOf(choices[0]?.message.content ?? '')).toEqual({ city: 'Oslo' });
  },
  async 'a stop and a limit'({ openai, model }) {
    const messages = user('Count');
    const stopped = await openai.chat.completions.create({ model, messages, stop: [' 7'] });
    expect(stopped.choices[0]).toMatchObject({ finish_reason: 'stop' });
    expect(stopped.choices[0]?.message.content).toMatch(/ 5 6$/);
    const limited = await openai.chat.completions.create({ model, messages, max_tokens: 3 });
    expect(limited.choices[0]).toMatchObject({ finish_reason: 'length' });
    expect(limited.choices[0]?.message.content?.trim()).toBe('1 2 3');
  },
  async 'an abort in the middle'({ openai, model }) {
    const stop = new AbortController();
    const reading = async (): Promise<void> => {
      const stream = await openai.chat.completions.create(
        { model, messages: user('Count'), stream: true },
        { signal: stop.signal },
      );
      for await (const _chunk of stream) stop.abort();
    };
    await reading().catch((error: unknown) => {
      expect(error).toBeInstanceOf(APIUserAbortError);
    });
  },
  async 'errors of the right kind'({ openai, stranger, model }) {
    const messages = user('Hi');
    await expect(stranger.chat.completions.create({ model, messages })).rejects.toBeInstanceOf(
      AuthenticationError,
    );
    await expect(
      openai.chat.completions.create({ model: 'nobody-has-this', messages }),
    ).rejects.toBeInstanceOf(NotFoundError);
    await expect(openai.chat.completions.create({ model, messages: [] })).rejects.toBeInstanceOf(
      BadRequestError,
    );
  },
  async 'the list of models'({ openai, anthropic, model }) {
    const listed = await Array.fromAsync(await openai.models.list());
    expect(listed.map(({ id }) => id)).toContain(model);
    const claude = await Array.fromAsync(await anthropic.models.list());
    expect(claude.map(({ id }) => id)).toContain(model);
  },
};

const otherBehaviours: Readonly<Record<string, Behaviour>> = {
  async 'responses, whole, streamed and going on'({ openai, model }) {
    const whole = await openai.responses.create({ model, input: hello });
    expect(whole).toMatchObject({ status: 'completed', output_text: 'Hello there.' });
    const streamed = await openai.responses
      .stream({ model, input: hello, previous_response_id: whole.id })
      .finalResponse();
    expect(streamed).toMatchObject({ status: 'completed', output_text: 'Hello there.' });
    expect(streamed.usage?.output_tokens).toBeGreaterThan(0);
  },
  async 'messages, whole and streamed'({ anthropic, model }) {
    const request = { model, max_tokens: 100, messages: user(hello) };
    const whole = await anthropic.messages.create(request);
    const streamed = await anthropic.messages.stream(request).finalMessage();
    for (const answer of [whole, streamed]) {
      expect(answer).toMatchObject({ type: 'message', stop_reason: 'end_turn' });
      expect(answer.content.at(-1)).toMatchObject({ type: 'text', text: 'Hello there.' });
      expect(answer.usage.output_tokens).toBeGreaterThan(0);
    }
  },
  async 'messages with tools, whole and streamed'({ anthropic, model }) {
    const request = { model, max_tokens: 100, messages: user('[tool]'), tools: claudeTools };
    const whole = await anthropic.messages.create(request);
    const streamed = await anthropic.messages.stream(request).finalMessage();
    for (const answer of [whole, streamed]) {
      expect(answer.stop_reason).toBe('tool_use');
      const call = answer.content.find(({ type }) => type === 'tool_use');
      expect(call).toMatchObject({ name: 'weather', input: { city: 'Bern' } });
    }
  },
  async 'messages that think'({ anthropic, model }) {
    const answer = await anthropic.messages.create({
      ...{ model, max_tokens: 2000, messages: user('[think]') },
      thinking: { type: 'enabled', budget_tokens: 1024 },
    });
    const thought = answer.content.find(({ type }) => type === 'thinking');
    if (thought?.type !== 'thinking') throw new Error('no thought');
    expect(thought.thinking.trim()).toBe('let me see');
  },
  async 'a stop, a limit and errors of messages'({ anthropic, model }) {
    const messages = user('Count');
    const stopped = await anthropic.messages.create({
      ...{ model, max_tokens: 500, messages, stop_sequences: [' 7'] },
    });
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: ' 7' });
    const limited = await anthropic.messages.create({ model, max_tokens: 3, messages });
    expect(limited.stop_reason).toBe('max_tokens');
    await expect(
      anthropic.messages.create({ model: 'nobody-has-this', max_tokens: 3, messages }),
    ).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  },
  async 'counted tokens'({ anthropic, model, kind }) {
    const counting = anthropic.messages.countTokens({ model, messages: user(hello) });
    // Nobody but the provider could count for a model of the other dialect.
    if (kind === 'openai') await expect(counting).rejects.toMatchObject({ status: 400 });
    else expect((await counting).input_tokens).toBeGreaterThan(3);
  },
  async embeddings({ openai, model, kind }) {
    const asked = openai.embeddings.create({ model, input: ['a', 'b'] });
    if (kind === 'anthropic') await expect(asked).rejects.toBeInstanceOf(BadRequestError);
    else expect((await asked).data).toHaveLength(2);
  },
};

async function openScene() {
  const pool = await openTestPool(undefined, { here: script });
  const machine = await spawnMachine({
    name: 'attic',
    models: { there: { ...script, name: 'Other weights' } },
  });
  await joinPool(machine, pool, { models: 2 });
  const { control, origin } = pool.gateway;
  const fake = await startFakeOpenAiServer({
    kind: 'vllm',
    models: [{ id: 'cloud', capabilities: ['tools', 'thinking', 'embedding'] }],
  });
  onTestFinished(() => fake.close());
  await control.providers.add({
    ...{ preset: 'custom', name: 'far', baseUrl: `${fake.url}/v1`, keys: ['sk-far'] },
  });
  const claude = await startScriptedAnthropicServer('claude-sonnet-4-5');
  await control.providers.add({
    ...{ preset: 'anthropic', name: 'anthropic', baseUrl: `${claude}/v1`, keys: ['sk-ant'] },
  });
  const { key } = await control.server.createKey({ name: 'all' });
  const openai = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${origin}/v1`, maxRetries: 0 });
  const anthropic = new Anthropic({ apiKey: key, baseURL: origin, maxRetries: 0 });
  return { openai: openai(key), anthropic, stranger: openai('mp_nobody') };
}

const models = [
  { kind: 'local', model: 'test/here' },
  { kind: 'node', model: 'test/there' },
  { kind: 'openai', model: 'cloud' },
  { kind: 'anthropic', model: 'claude-sonnet-4-5' },
] as const;

test('both official clients get the same from a model here, on a machine, at either kind of provider', async () => {
  const clients = await openScene();
  const failures: string[] = [];
  let done = 0;
  for (const each of models) {
    for (const [name, behaviour] of Object.entries({ ...chatBehaviours, ...otherBehaviours })) {
      try {
        await behaviour({ ...clients, ...each });
        done += 1;
      } catch (error) {
        failures.push(`${each.kind}: ${name}: ${String(error).slice(0, 300)}`);
      }
    }
  }
  expect(failures).toEqual([]);
  expect(done).toBe(models.length * 15);
}, 120_000);
