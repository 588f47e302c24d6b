import { llamaMetadata, llamaTensors, type LlamaShape } from './gguf/llama-architecture.ts';
import { writeGguf } from './gguf/gguf-writer.ts';
import { PieceCutter, type Script } from './gguf/script-pieces.ts';
import { scriptedTemplate } from './gguf/scripted-template.ts';
import { createVocabulary, endOfTurn, type Vocabulary } from './gguf/vocabulary.ts';

export interface ScriptedAnswer {
  readonly says: Script;
  /**
   * A Jinja condition over `messages`, `tools` and `enable_thinking` that picks this answer; see
   * `scriptedWhen`. The first that holds wins; an answer without one is given when none does.
   */
  readonly when?: string;
}

/** Conditions for `ScriptedAnswer.when`. */
export const scriptedWhen = {
  /** The newest message contains this text. */
  lastMessageHas: (text: string): string => `${JSON.stringify(text)} in messages[-1]['content']`,
  toolsGiven: 'tools',
  /** The newest message is a tool's result. */
  toolAnswered: `messages[-1]['role'] == 'tool'`,
  thinkingOff: 'enable_thinking is defined and not enable_thinking',
} as const;

export interface ScriptedModelOptions {
  /** One answer for every prompt, or several with conditions. */
  readonly says: Script | readonly ScriptedAnswer[];
  readonly name?: string;
  /** Tokens; 8,192 unless given. */
  readonly contextLength?: number;
  /** The template offers tools in the Hermes form and so the model counts as a tool user. */
  readonly tools?: boolean;
  /** The template knows `<think>`, and so the model counts as a reasoner. */
  readonly reasoning?: boolean;
  /** Replaces the template. The first answer without `when` is then given to every prompt. */
  readonly template?: string;
  /** Weights without effect: each million costs time per token, for tests that stop an answer midway. */
  readonly ballastParameters?: number;
}

/**
 * Logit of the scripted token; every other has 0. High enough for temperature 2 to change nothing,
 * low enough for a logit bias of 100 to win.
 */
const certainty = 40;

const isAnswerList = (
  says: Script | readonly ScriptedAnswer[],
): says is readonly ScriptedAnswer[] =>
  Array.isArray(says) && says.some((part) => typeof part === 'object' && 'says' in part);

/** Row `token` holds a single 1 at column `token`, so that the residual stream is the last token. */
function oneHotRows(vocabularySize: number, width: number): Float32Array {
  const weights = new Float32Array(vocabularySize * width);
  for (let token = 0; token < vocabularySize; token++) weights[token * width + token] = 1;
  return weights;
}

/** Row `next`, column `token`: after `token` comes `next`. */
function successorRows(
  successors: readonly number[],
  vocabularySize: number,
  width: number,
): Float32Array {
  const weights = new Float32Array(vocabularySize * width);
  // The norm in front scales a one-hot vector to the square root of its width.
  const weight = certainty / Math.sqrt(width);
  successors.forEach((next, token) => {
    weights[next * width + token] = weight;
  });
  return weights;
}

function successorsOf(
  vocabulary: Vocabulary,
  answers: readonly { entry: string; pieces: readonly string[] }[],
  fallback: readonly string[],
): number[] {
  const end = vocabulary.idOf(endOfTurn);
  const begin = (pieces: readonly string[]): number =>
    pieces[0] === undefined ? end : vocabulary.idOf(pieces[0]);
  // Whatever a prompt ends with leads into the answer, so a plain completion is answered too.
  const successors = vocabulary.tokens.map(() => begin(fallback));
  for (const { entry, pieces } of answers) {
    successors[vocabulary.idOf(entry)] = begin(pieces);
    pieces.forEach((piece, index) => {
      successors[vocabulary.idOf(piece)] = begin(pieces.slice(index + 1, index + 2));
    });
  }
  return successors;
}

/**
 * Writes a model that says exactly what it is told, token by token, and then ends its turn.
 *
 * It is a real GGUF of llama's architecture whose attention is zero: the next token depends on the
 * last one alone. So it streams, stops, reasons and calls tools like any model, at any temperature,
 * but it cannot see its prompt: what depends on context (slots, isolation, continuation) needs a
 * trained or a random model. Its template picks among several answers, because a template can see.
 */
export function writeScriptedModel(path: string, options: ScriptedModelOptions): void {
  const scripts = isAnswerList(options.says) ? options.says : [{ says: options.says }];
  const cutter = new PieceCutter();
  const answers = scripts.map((answer, index) => ({
    ...answer,
    entry: `<|answer-${String(index)}|>`,
    pieces: cutter.cut(answer.says),
  }));
  const fallback = answers.find((answer) => answer.when === undefined) ?? answers[0];
  if (fallback === undefined) throw new Error('A scripted model needs at least one answer');

  const vocabulary = createVocabulary({
    pieces: answers.flatMap((answer) => answer.pieces),
    controls: answers.map((answer) => answer.entry),
  });
  const size = vocabulary.tokens.length;
  const width = Math.ceil(size / 64) * 64;
  const ballastRows = Math.ceil((options.ballastParameters ?? 0) / (3 * width));
  const shape: LlamaShape = {
    layers: 1,
    width,
    feedForward: 32 + Math.ceil(ballastRows / 32) * 32,
    heads: 1,
    keyValueHeads: 1,
    headWidth: 32,
    contextLength: options.contextLength ?? 8192,
  };
  const successors = successorsOf(vocabulary, answers, fallback.pieces);
  const tensors = llamaTensors(shape, size, 'f16', (name) => {
    if (name === 'token_embd.weight') return () => oneHotRows(size, width);
    if (name === 'output.weight') return () => successorRows(successors, size, width);
    return undefined;
  });
  const template =
    options.template ??
    scriptedTemplate({
      answers,
      fallback: fallback.entry,
      tools: options.tools ?? false,
      reasoning: options.reasoning ?? false,
    });
  const name = options.name ?? 'Scripted';
  writeGguf(path, llamaMetadata({ name, shape, vocabulary, template, type: 'f16' }), tensors);
}

/** ` 1 2 3 …` as one token each: a long answer in which a lost or doubled token shows. */
export function countingPieces(upTo: number): string[] {
  return Array.from({ length: upTo }, (_, index) => ` ${String(index + 1)}`);
}

/** A tool call the way Hermes and Qwen models write it. */
export function hermesCall(name: string, args: Readonly<Record<string, unknown>>): string {
  return `<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`;
}
