import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import {
  getLlama,
  type Llama,
  type LlamaContextSequence,
  LlamaGrammarEvaluationState,
  LlamaLogLevel,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OutputSplitter, type SplitEvent } from '../text/output-splitter.ts';
import { type ToolFormat, toolSyntaxes } from '../text/tool-formats.ts';
import { compileJsonSchema } from './json-schema-to-gbnf.ts';
import { scalarCases } from './scalar-schema-cases.ts';
import { structureCases } from './structure-schema-cases.ts';
import { toolCallGrammar } from './tool-grammar.ts';

// llama.cpp itself judges the grammars here: a real model, hot enough to try every door.
const mostTokens = 400;
let llama: Llama;
let model: LlamaModel;
let sequence: LlamaContextSequence;

beforeAll(async () => {
  llama = await getLlama({
    build: 'never',
    gpu: false,
    maxThreads: 1,
    logLevel: LlamaLogLevel.disabled,
  });
  model = await llama.loadModel({
    modelPath: fileURLToPath(
      new URL('../../../resources/models/guide/guide-q8_0.gguf', import.meta.url),
    ),
  });
  const context = await model.createContext({ contextSize: 1024, sequences: 1, threads: 1 });
  sequence = context.getSequence();
});

afterAll(async () => {
  await llama.dispose();
});

interface Sampled {
  readonly text: string;
  /** False when the token limit came first. */
  readonly isComplete: boolean;
}

async function sample(gbnf: string, seed: number): Promise<Sampled> {
  const grammar = await llama.createGrammar({ grammar: gbnf });
  const grammarEvaluationState = new LlamaGrammarEvaluationState({ model, grammar });
  await sequence.clearHistory();
  const tokens: Token[] = [];
  const prompt = model.tokenize('<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n', true);
  for await (const token of sequence.evaluate(prompt, {
    temperature: 1,
    seed,
    grammarEvaluationState,
    yieldEogToken: true,
  })) {
    if (model.isEogToken(token)) return { text: model.detokenize(tokens), isComplete: true };
    tokens.push(token);
    if (tokens.length >= mostTokens) break;
  }
  return { text: model.detokenize(tokens), isComplete: false };
}

const ajv = addFormats(new Ajv2020({ strict: false }));

for (const { name, schema } of [...scalarCases, ...structureCases]) {
  test(`what a model writes under the grammar is valid: ${name}`, async () => {
    const gbnf = compileJsonSchema(schema);
    const validate = ajv.compile(schema);
    let complete = 0;
    for (let seed = 1; seed <= 12 && complete < 4; seed++) {
      const { text, isComplete } = await sample(gbnf, seed);
      if (!isComplete) continue;
      complete += 1;
      const value: unknown = JSON.parse(text);
      expect(validate(value), `${text} ${JSON.stringify(validate.errors)}`).toBe(true);
    }
    expect(complete).toBeGreaterThan(0);
  });
}

const tools = [
  {
    name: 'weather',
    parameters: {
      type: 'object',
      properties: {
        city: { enum: ['Bonn', 'Rom'] },
        days: { type: 'integer', minimum: 1, maximum: 7 },
      },
      required: ['city'],
    },
  },
  { name: 'clock' },
] as const;

function split(text: string, format: ToolFormat): SplitEvent[] {
  const splitter = new OutputSplitter({
    toolFormat: format,
    reasoning: { open: '<think>', close: '</think>' },
    startsInReasoning: false,
    mustCall: true,
    stop: [],
    newToolCallId: () => 'call_x',
  });
  return [...splitter.feed(text, []), ...splitter.flush('ended')];
}

for (const format of Object.keys(toolSyntaxes) as ToolFormat[]) {
  test(`forced calls are valid and are read back: ${format}`, async () => {
    const options = {
      tools,
      parallel: false,
      format,
      reasoning: undefined,
      startsInReasoning: false,
    };
    const validate = ajv.compile(tools[0].parameters);
    for (const choice of ['required', { name: 'weather' }] as const) {
      const grammar = toolCallGrammar({ ...options, choice });
      expect(grammar?.from).toBe('start');
      for (let seed = 1; seed <= 3; seed++) {
        const { text, isComplete } = await sample(grammar?.gbnf ?? '', seed);
        expect(isComplete, text).toBe(true);
        const events = split(text, format);
        expect(events, text).toEqual([expect.objectContaining({ type: 'tool-call', index: 0 })]);
        const [event] = events;
        if (event?.type !== 'tool-call') continue;
        if (typeof choice !== 'string') expect(event.name).toBe('weather');
        const values: unknown = JSON.parse(event.argumentsDelta);
        if (event.name === 'weather') expect(validate(values), text).toBe(true);
        else expect(values).toEqual({});
      }
    }
  });

  test(`calls behind a trigger and calls after a thought are accepted by llama.cpp: ${format}`, async () => {
    const reasoning = { open: '<think>', close: '</think>' };
    const options = { tools, parallel: true, format, reasoning };
    const lazy = toolCallGrammar({ ...options, choice: 'auto', startsInReasoning: false });
    expect(lazy?.from).toEqual({ trigger: expect.any(String) as string });
    if (lazy === undefined || lazy.from === 'start') return;
    const { text } = await sample(lazy.gbnf, 3);
    const [first] = split(lazy.from.trigger + text, format);
    expect(first, text).toMatchObject({ type: 'tool-call', index: 0 });
    for (const startsInReasoning of [true, false]) {
      const grammar = toolCallGrammar({ ...options, choice: 'required', startsInReasoning });
      await expect(llama.createGrammar({ grammar: grammar?.gbnf ?? '' })).resolves.toBeDefined();
    }
  });
}
