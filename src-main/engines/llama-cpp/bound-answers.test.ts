import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ChatInput, InferenceChunk, ToolDefinition } from '../../core/inference.ts';
import { hermesCall, writeScriptedModel } from '../../testing/scripted-gguf.ts';
import type { ScriptedModelOptions } from '../../testing/scripted-gguf.ts';
import { chatRequest, chunksOf, failureOf, finishOf, textOf } from '../engine.contract.ts';
import { LlamaEngine } from './llama-engine.ts';

const guidePath = join(import.meta.dirname, '../../../resources/models/guide/guide-q8_0.gguf');
let folder: string;
let guide: LlamaEngine;
let scripted: LlamaEngine | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-bound-'));
  guide = await load(guidePath);
});

afterEach(async () => {
  await scripted?.dispose();
  scripted = undefined;
});

afterAll(async () => {
  await guide.dispose();
  rmSync(folder, { recursive: true });
});

function load(path: string): Promise<LlamaEngine> {
  return LlamaEngine.load({ path, options: { slots: 2 }, defaultThreads: 1, gpu: false });
}

async function modelThatSays(options: ScriptedModelOptions): Promise<LlamaEngine> {
  const path = join(folder, 'scripted.gguf');
  writeScriptedModel(path, options);
  scripted = await load(path);
  return scripted;
}

function ask(engine: LlamaEngine, question: string, more: Partial<ChatInput> = {}) {
  return chunksOf(engine, chatRequest(question, { sampling: { temperature: 0 }, ...more }));
}

function reasoningOf(chunks: readonly InferenceChunk[]): string {
  return chunks.map((chunk) => (chunk.type === 'reasoning' ? chunk.text : '')).join('');
}

interface Call {
  id: string;
  name: string;
  arguments: string;
}

function callsOf(chunks: readonly InferenceChunk[]): Call[] {
  const calls: Call[] = [];
  for (const chunk of chunks) {
    if (chunk.type !== 'tool-call') continue;
    const call = (calls[chunk.index] ??= { id: '', name: '', arguments: '' });
    call.id += chunk.id ?? '';
    call.name += chunk.name ?? '';
    call.arguments += chunk.argumentsDelta;
  }
  return calls;
}

const weather: ToolDefinition = {
  name: 'get_weather',
  parameters: {
    type: 'object',
    properties: { city: { enum: ['Paris', 'Rome'] } },
    required: ['city'],
    additionalProperties: false,
  },
};
const clock: ToolDefinition = {
  name: 'get_time',
  parameters: { type: 'object', properties: {}, additionalProperties: false },
};

describe('tool calls', () => {
  const says = `One moment. ${hermesCall('get_weather', { city: 'Paris' })}`;

  test('are split from the text and end the answer as such', async () => {
    const chunks = await ask(await modelThatSays({ says, tools: true }), 'Weather?', {
      tools: [weather, clock],
    });
    expect(textOf(chunks).trim()).toBe('One moment.');
    const [call] = callsOf(chunks);
    expect(call?.name).toBe('get_weather');
    expect(JSON.parse(call?.arguments ?? '')).toEqual({ city: 'Paris' });
    expect(finishOf(chunks).reason).toBe('tool-calls');
  });

  test('are bound to the schema: a model cannot call with what it makes up', async () => {
    const engine = await modelThatSays({
      says: hermesCall('get_weather', { city: 'Atlantis' }),
      tools: true,
    });
    const [call] = callsOf(await ask(engine, 'Weather?', { tools: [weather], maxTokens: 1000 }));
    expect(call?.arguments).toMatch(/^\{\s*"city":\s*"(Paris|Rome)"\s*\}$/);
  });

  test('are text when no tool may be called', async () => {
    const chunks = await ask(await modelThatSays({ says, tools: true }), 'Weather?', {
      tools: [weather],
      toolChoice: 'none',
    });
    expect(callsOf(chunks)).toEqual([]);
    expect(finishOf(chunks).reason).toBe('stop');
  });

  test('are forced from a model that would rather talk', async () => {
    const chunks = await ask(guide, 'What is the weather in Rome?', {
      tools: [weather, clock],
      toolChoice: 'required',
      parallelToolCalls: false,
      maxTokens: 300,
    });
    const calls = callsOf(chunks);
    expect(calls).toHaveLength(1);
    expect(['get_weather', 'get_time']).toContain(calls[0]?.name);
    expect(() => JSON.parse(calls[0]?.arguments ?? '') as unknown).not.toThrow();
    expect(finishOf(chunks).reason).toBe('tool-calls');
    expect(textOf(chunks).trim()).toBe('');
  });

  test('show no piece of a tag when a limit cuts them anywhere', async () => {
    for (let maxTokens = 1; maxTokens <= 24; maxTokens++) {
      const chunks = await ask(guide, 'What is Millpond?', {
        tools: [weather],
        toolChoice: 'required',
        maxTokens,
      });
      expect(textOf(chunks), `cut at ${String(maxTokens)}`).toBe('');
      const ids = chunks.flatMap((chunk) => ('tokens' in chunk ? (chunk.tokens ?? []) : []));
      expect(ids).toHaveLength(finishOf(chunks).usage.completionTokens);
    }
  });

  test('are forced to the tool that was named, with arguments it accepts', async () => {
    const chunks = await ask(guide, 'What time is it?', {
      tools: [weather, clock],
      toolChoice: { name: 'get_weather' },
      maxTokens: 300,
    });
    const [call] = callsOf(chunks);
    expect(call?.name).toBe('get_weather');
    expect(call?.arguments).toMatch(/^\{\s*"city":\s*"(Paris|Rome)"\s*\}$/);
  });

  test('may be several, each with an id of its own', async () => {
    const engine = await modelThatSays({
      says: `${hermesCall('get_weather', { city: 'Paris' })}\n${hermesCall('get_time', {})}`,
      tools: true,
    });
    const calls = callsOf(await ask(engine, 'Both?', { tools: [weather, clock] }));
    expect(calls.map((call) => call.name)).toEqual(['get_weather', 'get_time']);
    expect(new Set(calls.map((call) => call.id)).size).toBe(2);
  });
});

describe('JSON', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { anyOf: [{ type: 'string', maxLength: 20 }, { type: 'null' }] },
      size: { enum: ['small', 'large'] },
      count: { type: 'integer', minimum: 1, maximum: 99 },
      tags: { type: 'array', items: { type: 'string', maxLength: 8 }, maxItems: 3 },
    },
    required: ['name', 'size', 'count', 'tags'],
    additionalProperties: false,
  };

  const isMill = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);

  test.each([1, 2, 3, 4, 5])(
    'always fits its schema, whatever is drawn (seed %i)',
    async (seed) => {
      const chunks = await ask(guide, 'Describe a mill as JSON', {
        format: { type: 'json-schema', name: 'mill', schema },
        sampling: { temperature: 1, seed },
        maxTokens: 400,
      });
      expect(finishOf(chunks).reason).toBe('stop');
      expect(isMill(JSON.parse(textOf(chunks)))).toBe(true);
    },
  );

  test('comes behind a thought that the prompt has begun', async () => {
    const engine = await modelThatSays({
      says: ['hm', ' yes', '</think>', '{"a"', ':1}'],
      template: `{{ messages[0]['content'] }}<think>\n`,
      reasoning: true,
    });
    const chunks = await ask(engine, 'Go', {
      format: {
        type: 'json-schema',
        name: 'x',
        schema: {
          type: 'object',
          properties: { a: { const: 1 } },
          required: ['a'],
          additionalProperties: false,
        },
      },
      maxTokens: 60,
    });
    expect(reasoningOf(chunks)).toContain('hm yes');
    expect(JSON.parse(textOf(chunks))).toEqual({ a: 1 });
  });

  test('names the keyword that cannot be expressed', async () => {
    const failure = await failureOf(
      ask(guide, 'x', {
        format: {
          type: 'json-schema',
          name: 'x',
          schema: { type: 'object', not: { type: 'null' } },
        },
      }),
    );
    expect(failure).toMatchObject({ code: 'invalid-request', reason: 'unsupported_schema' });
    expect(failure.message).toContain('not');
  });
});
