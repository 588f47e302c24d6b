import type { GgufMetadata, GgufTensor, GgufValue, TensorType } from './gguf-writer.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The size of a transformer of llama's architecture. */
export interface LlamaShape {
  readonly layers: number;
  /** Width of the residual stream. */
  readonly width: number;
  readonly feedForward: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  /** Width of one attention head. */
  readonly headWidth: number;
  readonly contextLength: number;
}

export interface LlamaMetadataOptions {
  readonly name: string;
  readonly shape: LlamaShape;
  readonly vocabulary: Vocabulary;
  readonly template: string;
  readonly type: TensorType;
}

const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
const float32 = (value: number): GgufValue => ({ type: 'float32', value });
const text = (value: string): GgufValue => ({ type: 'string', value });

/** Everything llama.cpp wants to know before it reads the tensors. */
export function llamaMetadata(options: LlamaMetadataOptions): GgufMetadata {
  const { name, shape, vocabulary, template, type } = options;
  return {
    'general.architecture': text('llama'),
    'general.name': text(name),
    'general.file_type': uint32(type === 'f16' ? 1 : 0),
    'general.alignment': uint32(32),
    'llama.vocab_size': uint32(vocabulary.tokens.length),
    'llama.context_length': uint32(shape.contextLength),
    'llama.embedding_length': uint32(shape.width),
    'llama.block_count': uint32(shape.layers),
    'llama.feed_forward_length': uint32(shape.feedForward),
    'llama.rope.dimension_count': uint32(shape.headWidth),
    'llama.rope.freq_base': float32(10_000),
    'llama.attention.head_count': uint32(shape.heads),
    'llama.attention.head_count_kv': uint32(shape.keyValueHeads),
    'llama.attention.key_length': uint32(shape.headWidth),
    'llama.attention.value_length': uint32(shape.headWidth),
    'llama.attention.layer_norm_rms_epsilon': float32(1e-5),
    'tokenizer.ggml.model': text('gpt2'),
    'tokenizer.ggml.pre': text('gpt-2'),
    'tokenizer.ggml.tokens': { type: 'strings', value: vocabulary.tokens },
    'tokenizer.ggml.token_type': { type: 'int32s', value: vocabulary.kinds },
    'tokenizer.ggml.merges': { type: 'strings', value: vocabulary.merges },
    'tokenizer.ggml.bos_token_id': uint32(vocabulary.marks.begin),
    'tokenizer.ggml.eos_token_id': uint32(vocabulary.marks.end),
    'tokenizer.ggml.padding_token_id': uint32(vocabulary.marks.padding),
    'tokenizer.ggml.add_bos_token': { type: 'boolean', value: false },
    'tokenizer.chat_template': text(template),
  };
}

/** Weights of one matrix, or undefined for all zero. */
export type FillMatrix = (name: string, elements: number) => (() => Float32Array) | undefined;

const ones = (width: number) => (): Float32Array => new Float32Array(width).fill(1);

function norm(name: string, width: number): GgufTensor {
  return { name, shape: [width], type: 'f32', values: ones(width) };
}

function layerMatrices(shape: LlamaShape): [string, number, number][] {
  const { width, feedForward } = shape;
  const queries = shape.heads * shape.headWidth;
  const keys = shape.keyValueHeads * shape.headWidth;
  return [
    ['attn_q', width, queries],
    ['attn_k', width, keys],
    ['attn_v', width, keys],
    ['attn_output', queries, width],
    ['ffn_gate', width, feedForward],
    ['ffn_up', width, feedForward],
    ['ffn_down', feedForward, width],
  ];
}

/** All tensors of the architecture in file order; `fill` gives each matrix its weights. */
export function llamaTensors(
  shape: LlamaShape,
  vocabularySize: number,
  type: TensorType,
  fill: FillMatrix,
): GgufTensor[] {
  const matrix = (name: string, inputs: number, outputs: number): GgufTensor => {
    const values = fill(name, inputs * outputs);
    return { name, shape: [inputs, outputs], type, ...(values ? { values } : {}) };
  };
  const tensors = [matrix('token_embd.weight', shape.width, vocabularySize)];
  for (let layer = 0; layer < shape.layers; layer++) {
    const prefix = `blk.${String(layer)}.`;
    tensors.push(norm(`${prefix}attn_norm.weight`, shape.width));
    tensors.push(norm(`${prefix}ffn_norm.weight`, shape.width));
    for (const [name, inputs, outputs] of layerMatrices(shape)) {
      tensors.push(matrix(`${prefix}${name}.weight`, inputs, outputs));
    }
  }
  tensors.push(norm('output_norm.weight', shape.width));
  tensors.push(matrix('output.weight', shape.width, vocabularySize));
  return tensors;
}
