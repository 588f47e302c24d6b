import { writeGguf, type TensorType } from './gguf/gguf-writer.ts';
import { llamaMetadata, llamaTensors, type LlamaShape } from './gguf/llama-architecture.ts';
import { createVocabulary, endOfTurn, startOfTurn, type Vocabulary } from './gguf/vocabulary.ts';
import { randomSource } from './random-source.ts';

export interface RandomModelOptions extends LlamaShape {
  /** Tokens in the vocabulary; at least 512. */
  readonly vocabulary: number;
  /** The same seed writes the same file, byte for byte. */
  readonly seed: number;
  readonly type: TensorType;
  readonly name?: string;
}

/** A transformer for tests that need a model which sees its prompt: under 1 million parameters. */
export const tinyRandomModel: RandomModelOptions = {
  name: 'Random tiny',
  layers: 2,
  width: 64,
  feedForward: 128,
  heads: 4,
  keyValueHeads: 2,
  headWidth: 16,
  contextLength: 4096,
  vocabulary: 512,
  seed: 1,
  type: 'f16',
};

/** About 20 million parameters, for benchmarks. */
export const random20MModel: RandomModelOptions = {
  name: 'Random 20M',
  layers: 6,
  width: 512,
  feedForward: 1408,
  heads: 8,
  keyValueHeads: 4,
  headWidth: 64,
  contextLength: 8192,
  vocabulary: 2048,
  seed: 20,
  type: 'f16',
};

/** About 100 million parameters, for benchmarks. */
export const random100MModel: RandomModelOptions = {
  name: 'Random 100M',
  layers: 12,
  width: 768,
  feedForward: 2048,
  heads: 12,
  keyValueHeads: 4,
  headWidth: 64,
  contextLength: 8192,
  vocabulary: 16_384,
  seed: 100,
  type: 'f16',
};

const promptWords =
  ' the quick brown fox jumps over a lazy dog and hello world how are you user assistant system'.split(
    /(?= )/,
  );

const chatMl = `{% for message in messages %}{{ '${startOfTurn}' + message['role'] + '\\n' + message['content'] + '${endOfTurn}\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '${startOfTurn}assistant\\n' }}{% endif %}`;

/** Printable ASCII and merged words; never a control token, so that an answer runs to its limit. */
function isSpoken(vocabulary: Vocabulary, token: number): boolean {
  const isNormal = vocabulary.kinds[token] === 1;
  return isNormal && (token >= 256 || (token >= 32 && token <= 126));
}

/**
 * Channel 0 of the residual stream is a constant that every embedding sets; the output rows of
 * tokens that must not be spoken hang on it alone, and so always score lowest.
 */
const banned = { channel: 0, embedding: 8, output: -50 } as const;

/**
 * Writes a transformer with random weights. It says nonsense, without end, but attends to its whole
 * prompt: equal prompts give equal answers and different ones differ.
 */
export function writeRandomModel(path: string, options: RandomModelOptions): void {
  const { width, type } = options;
  const vocabulary = createVocabulary({ words: promptWords, size: options.vocabulary });
  const size = vocabulary.tokens.length;
  const next = randomSource(options.seed);
  // Uniform weights of this bound keep the variance of what flows through a matrix.
  const bound = Math.sqrt(3 / width);
  const random = (elements: number, scale: number): Float32Array =>
    Float32Array.from({ length: elements }, () => next() * scale);

  const tensors = llamaTensors(options, size, type, (name, elements) => {
    if (name === 'token_embd.weight') {
      return () => {
        const weights = random(elements, 1);
        for (let token = 0; token < size; token++) {
          weights[token * width + banned.channel] = banned.embedding;
        }
        return weights;
      };
    }
    if (name === 'output.weight') {
      return () => {
        const weights = random(elements, 4 * bound);
        for (let token = 0; token < size; token++) {
          if (isSpoken(vocabulary, token)) continue;
          weights.fill(0, token * width, (token + 1) * width);
          weights[token * width + banned.channel] = banned.output;
        }
        return weights;
      };
    }
    return () => random(elements, 2 * bound);
  });
  const name = options.name ?? 'Random';
  const metadata = llamaMetadata({ name, shape: options, vocabulary, template: chatMl, type });
  writeGguf(path, metadata, tensors);
}

/** How many weights a model of these options has. */
export function parameterCountOf(options: RandomModelOptions): number {
  const shapes = llamaTensors(options, options.vocabulary, options.type, () => undefined);
  return shapes.reduce((sum, tensor) => sum + tensor.shape.reduce((a, b) => a * b, 1), 0);
}
