import type OpenAI from 'openai';
import type { ChatCompletionTool, ChatCompletionToolChoiceOption } from 'openai/resources';
import { z } from 'zod';
import { expect, provingModels, test } from '../fixtures/openai.ts';
import { scripts } from '../fixtures/scripted-models.ts';

const weather: ChatCompletionTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: {
      type: 'object',
      properties: {
        city: { type: 'string', maxLength: 20 },
        unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
      },
      required: ['city', 'unit'],
      additionalProperties: false,
    },
  },
};
const clock: ChatCompletionTool = {
  type: 'function',
  function: {
    name: 'get_time',
    parameters: {
      type: 'object',
      properties: { zone: { type: 'string', enum: ['UTC', 'CET'] } },
      required: ['zone'],
      additionalProperties: false,
    },
  },
};

interface FoundCall {
  id: string;
  name: string;
  arguments: string;
}

interface Asked {
  readonly model: string;
  readonly text: string;
  readonly choice: ChatCompletionToolChoiceOption;
}

/** The tool calls of an answer and why it ended, asked plain or streamed. */
async function callsOf(
  openai: OpenAI,
  { model, text, choice }: Asked,
  streamed: boolean,
): Promise<{ calls: FoundCall[]; finish: string | null | undefined; text: string }> {
  const request = {
    model,
    messages: [{ role: 'user' as const, content: text }],
    tools: [weather, clock],
    tool_choice: choice,
    // Guide, once it is made to call, would go on calling up to its limit.
    parallel_tool_calls: model !== 'guide',
    temperature: 0,
    max_tokens: 400,
  };
  if (!streamed) {
    const { choices } = await openai.chat.completions.create(request);
    const calls = (choices[0]?.message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function' ? [{ id: call.id, ...call.function }] : [],
    );
    const said = choices[0]?.message.content ?? '';
    return { calls, finish: choices[0]?.finish_reason, text: said };
  }
  const calls: FoundCall[] = [];
  let finish: string | null | undefined;
  let said = '';
  for await (const chunk of await openai.chat.completions.create({ ...request, stream: true })) {
    const [answer] = chunk.choices;
    finish = answer?.finish_reason ?? finish;
    said += answer?.delta.content ?? '';
    for (const delta of answer?.delta.tool_calls ?? []) {
      const call = (calls[delta.index] ??= { id: '', name: '', arguments: '' });
      call.id += delta.id ?? '';
      call.name += delta.function?.name ?? '';
      call.arguments += delta.function?.arguments ?? '';
    }
  }
  return { calls, finish, text: said };
}

const weatherArguments = z.strictObject({
  city: z.string().max(20),
  unit: z.enum(['celsius', 'fahrenheit']),
});

/** Arguments that the schema of the called function accepts. */
function expectValid(call: FoundCall): void {
  const schema =
    call.name === 'get_weather'
      ? weatherArguments
      : z.strictObject({ zone: z.enum(['UTC', 'CET']) });
  expect(() => schema.parse(JSON.parse(call.arguments))).not.toThrow();
}

for (const streamed of [false, true]) {
  const how = streamed ? 'streamed' : 'plain';

  test(`E7: tool_choice auto, ${how}: the model's own call comes out as a call`, async ({
    openai,
    scripted,
  }) => {
    const asked = { model: scripted, text: 'Weather in Oslo?', choice: 'auto' } as const;
    const { calls, finish, text } = await callsOf(openai, asked, streamed);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.name).toBe('get_weather');
    expect(calls[0]?.id.length).toBeGreaterThanOrEqual(20);
    expect(weatherArguments.parse(JSON.parse(calls[0]?.arguments ?? ''))).toEqual({
      city: 'Oslo',
      unit: 'celsius',
    });
    expect(finish).toBe('tool_calls');
    expect(text).not.toContain('tool_call');
  });

  test(`E7: tool_choice auto, ${how}: Guide may call or answer, and either is true`, async ({
    openai,
  }) => {
    const asked = { model: 'guide', text: 'What is Millpond?', choice: 'auto' } as const;
    const { calls, finish, text } = await callsOf(openai, asked, streamed);
    for (const call of calls) expectValid(call);
    expect(finish).toBe(calls.length > 0 ? 'tool_calls' : 'stop');
    expect(text !== '' || calls.length > 0).toBe(true);
    expect(text).not.toContain('tool_call');
  });

  for (const name of provingModels) {
    test(`E7: tool_choice none, ${how}: there is no call of ${name}`, async ({
      openai,
      runtime,
    }) => {
      const { id: model } = await runtime.model(name);
      const asked = { model, text: 'Weather in Oslo?', choice: 'none' } as const;
      const { calls, finish } = await callsOf(openai, asked, streamed);
      expect(calls).toEqual([]);
      expect(finish).toBe('stop');
    });

    test(`E7: tool_choice required, ${how}: ${name} calls, also one that would rather talk`, async ({
      openai,
      runtime,
    }) => {
      const { id: model } = await runtime.model(name);
      const asked = { model, text: 'What is Millpond?', choice: 'required' } as const;
      const { calls, finish, text } = await callsOf(openai, asked, streamed);
      expect(calls.length).toBeGreaterThan(0);
      for (const call of calls) expectValid(call);
      expect(finish).toBe('tool_calls');
      expect(text.trim()).toBe('');
    });
  }

  test(`E7: tool_choice by name, ${how}: the scripted model's own call is kept`, async ({
    openai,
    scripted,
  }) => {
    const choice = { type: 'function', function: { name: 'get_weather' } } as const;
    const asked = { model: scripted, text: 'Weather in Oslo?', choice };
    const { calls, finish } = await callsOf(openai, asked, streamed);
    expect(calls.map((call) => call.name)).toEqual(['get_weather']);
    expect(JSON.parse(calls[0]?.arguments ?? '')).toEqual({ city: 'Oslo', unit: 'celsius' });
    expect(finish).toBe('tool_calls');
  });

  test(`E7: tool_choice by name, ${how}: Guide calls that function, with valid arguments`, async ({
    openai,
  }) => {
    const choice = { type: 'function', function: { name: 'get_time' } } as const;
    const asked = { model: 'guide', text: 'What is Millpond?', choice };
    const { calls, finish } = await callsOf(openai, asked, streamed);
    expect(calls.map((call) => call.name)).toContain('get_time');
    expect(['UTC', 'CET']).toContain(
      z.object({ zone: z.string() }).parse(JSON.parse(calls[0]?.arguments ?? '')).zone,
    );
    expect(finish).toBe('tool_calls');
  });

  test(`E7: parallel calls, ${how}, have ids of their own, even with tags cut in two`, async ({
    openai,
    scripted,
  }) => {
    const asked = { model: scripted, text: 'Weather of two cities?', choice: 'auto' } as const;
    const { calls } = await callsOf(openai, asked, streamed);
    expect(calls.map((call) => JSON.parse(call.arguments) as unknown)).toEqual([
      { city: 'Oslo', unit: 'celsius' },
      { city: 'Bergen', unit: 'fahrenheit' },
    ]);
    expect(new Set(calls.map((call) => call.id)).size).toBe(2);
  });
}

test('E7: a tool result goes back to the model, which answers with it', async ({
  openai,
  scripted,
}) => {
  const answer = await openai.chat.completions.create({
    model: scripted,
    tools: [weather],
    messages: [
      { role: 'user', content: 'Weather in Oslo?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: { name: 'get_weather', arguments: '{"city":"Oslo","unit":"celsius"}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '7' },
    ],
  });
  expect(answer.choices[0]?.message.content).toBe(scripts.weather);
});

/** What Pydantic writes for a model with optional, nested, recursive and enum parts. */
const orderSchema = {
  $defs: {
    Size: { enum: ['small', 'large'], title: 'Size', type: 'string' },
    Part: {
      properties: {
        name: { maxLength: 12, title: 'Name', type: 'string' },
        parts: {
          items: { $ref: '#/$defs/Part' },
          maxItems: 1,
          title: 'Parts',
          type: 'array',
        },
      },
      required: ['name', 'parts'],
      additionalProperties: false,
      title: 'Part',
      type: 'object',
    },
  },
  properties: {
    size: { $ref: '#/$defs/Size' },
    note: { anyOf: [{ maxLength: 12, type: 'string' }, { type: 'null' }], default: null },
    count: { minimum: 1, maximum: 9, type: 'integer' },
    part: { $ref: '#/$defs/Part' },
  },
  // Pydantic leaves out what has a default.
  required: ['size', 'count', 'part'],
  additionalProperties: false,
  title: 'Order',
  type: 'object',
};
interface Part {
  readonly name: string;
  readonly parts: readonly Part[];
}
const part: z.ZodType<Part> = z.lazy(() =>
  z.strictObject({ name: z.string().max(12), parts: z.array(part).max(1) }),
);
const order = z.strictObject({
  size: z.enum(['small', 'large']),
  note: z.string().max(12).nullish(),
  count: z.int().min(1).max(9),
  part,
});

const orderRequest = {
  messages: [{ role: 'user', content: 'Order something.' }],
  response_format: {
    type: 'json_schema',
    json_schema: { name: 'order', strict: true, schema: orderSchema },
  },
  max_tokens: 1000,
} as const;

for (const seed of [1, 2, 3, 4]) {
  test(`E7: a JSON schema binds every answer of Guide (seed ${seed})`, async ({ openai }) => {
    const answer = await openai.chat.completions.create({
      ...orderRequest,
      model: 'guide',
      messages: [...orderRequest.messages],
      temperature: 1,
      seed,
    });
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(() => order.parse(JSON.parse(answer.choices[0]?.message.content ?? ''))).not.toThrow();
  });
}

test('E7: an answer that fits its schema passes unchanged, plain and streamed', async ({
  openai,
  scripted,
}) => {
  const request = { ...orderRequest, model: scripted, messages: [...orderRequest.messages] };
  const plain = await openai.chat.completions.create(request);
  expect(plain.choices[0]?.message.content).toBe(scripts.order);
  let streamed = '';
  for await (const chunk of await openai.chat.completions.create({ ...request, stream: true })) {
    streamed += chunk.choices[0]?.delta.content ?? '';
  }
  expect(streamed).toBe(scripts.order);
  expect(() => order.parse(JSON.parse(streamed))).not.toThrow();
});

test('E7: a schema keyword that cannot be kept is a 400 that names it', async ({ openai }) => {
  const schema = { type: 'array', uniqueItems: true, items: { type: 'integer' } };
  const refused = openai.chat.completions.create({
    model: 'guide',
    messages: [{ role: 'user', content: 'List.' }],
    response_format: { type: 'json_schema', json_schema: { name: 'list', schema } },
  });
  await expect(refused).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('uniqueItems'),
  });
});

test('E7: an image for a text model is a 400 that names the capability', async ({ openai }) => {
  const refused = openai.chat.completions.create({
    model: 'guide',
    messages: [
      {
        role: 'user',
        content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }],
      },
    ],
  });
  await expect(refused).rejects.toMatchObject({
    status: 400,
    message: expect.stringMatching(/image|vision/i),
  });
});
