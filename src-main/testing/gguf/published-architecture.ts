import type { BlockType, GgufMetadata, GgufTensor, GgufValue } from './gguf-writer.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The dimensions that a published model really has. */
export interface PublishedShape {
  readonly architecture: 'llama' | 'qwen2' | 'qwen3' | 'qwen3moe' | 'gemma3';
  readonly layers: number;
  readonly width: number;
  /** Of one expert, where there are several. */
  readonly feedForward: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly vocabulary: number;
  readonly contextLength: number;
  /** The input embedding is the output matrix too. */
  readonly isTied: boolean;
  readonly ropeBase: number;
  readonly experts?: { readonly count: number; readonly used: number };
}

export const quantizations = [
  'Q2_K',
  'Q3_K_M',
  'Q4_K_M',
  'Q5_K_M',
  'Q6_K',
  'Q8_0',
  'BF16',
] as const;
export type Quantization = (typeof quantizations)[number];

/** What most matrices of a quantization are kept in, and those that precision depends on. */
const recipes: Readonly<Record<Quantization, { base: BlockType; more: BlockType; code: number }>> =
  {
    Q2_K: { base: 'q2_K', more: 'q3_K', code: 10 },
    Q3_K_M: { base: 'q3_K', more: 'q5_K', code: 12 },
    Q4_K_M: { base: 'q4_K', more: 'q6_K', code: 15 },
    Q5_K_M: { base: 'q5_K', more: 'q6_K', code: 17 },
    Q6_K: { base: 'q6_K', more: 'q6_K', code: 18 },
    Q8_0: { base: 'q8_0', more: 'q8_0', code: 7 },
    BF16: { base: 'bf16', more: 'bf16', code: 32 },
  };

const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
const float32 = (value: number): GgufValue => ({ type: 'float32', value });
const text = (value: string): GgufValue => ({ type: 'string', value });

export interface PublishedModel {
  readonly name: string;
  readonly shape: PublishedShape;
  readonly vocabulary: Vocabulary;
  readonly template: string;
}

/** The header of a published model, with a vocabulary of the right size and no words of its own. */
export function publishedMetadata(model: PublishedModel, quantization: Quantization): GgufMetadata {
  const { name, shape, vocabulary, template } = model;
  const own = Object.entries(shapeMetadata(shape)).map(
    ([key, value]) => [`${shape.architecture}.${key}`, value] as const,
  );
  return {
    'general.architecture': text(shape.architecture),
    'general.name': text(name),
    'general.file_type': uint32(recipes[quantization].code),
    ...Object.fromEntries(own),
    'tokenizer.ggml.model': text('gpt2'),
    'tokenizer.ggml.pre': text('gpt-2'),
    'tokenizer.ggml.tokens': { type: 'strings', value: vocabulary.tokens },
    'tokenizer.ggml.token_type': { type: 'int32s', value: vocabulary.kinds },
    'tokenizer.ggml.merges': { type: 'strings', value: vocabulary.merges },
    'tokenizer.ggml.eos_token_id': uint32(vocabulary.marks.end),
    'tokenizer.ggml.padding_token_id': uint32(vocabulary.marks.padding),
    'tokenizer.chat_template': text(template),
  };
}

function shapeMetadata(shape: PublishedShape): GgufMetadata {
  const { experts } = shape;
  return {
    context_length: uint32(shape.contextLength),
    embedding_length: uint32(shape.width),
    block_count: uint32(shape.layers),
    feed_forward_length: uint32(shape.feedForward),
    vocab_size: uint32(shape.vocabulary),
    'attention.head_count': uint32(shape.heads),
    'attention.head_count_kv': uint32(shape.keyValueHeads),
    'attention.key_length': uint32(shape.headWidth),
    'attention.value_length': uint32(shape.headWidth),
    'attention.layer_norm_rms_epsilon': float32(1e-6),
    'rope.dimension_count': uint32(shape.headWidth),
    'rope.freq_base': float32(shape.ropeBase),
    ...(shape.architecture === 'gemma3' && { 'attention.sliding_window': uint32(1024) }),
    ...(experts && {
      expert_count: uint32(experts.count),
      expert_used_count: uint32(experts.used),
      expert_feed_forward_length: uint32(shape.feedForward),
    }),
  };
}

/** All tensors in file order, without content. */
export function publishedTensors(
  shape: PublishedShape,
  quantization: Quantization,
): readonly GgufTensor[] {
  const { base, more } = recipes[quantization];
  const { layers, vocabulary, width, isTied } = shape;
  const embedding = { shape: [width, vocabulary] };
  return [
    { name: 'token_embd.weight', ...embedding, type: isTied ? more : base },
    ...Array.from({ length: layers }, (_, layer) =>
      layerTensors(shape, quantization, layer),
    ).flat(),
    { name: 'output_norm.weight', shape: [width], type: 'f32' as const },
    ...(isTied ? [] : [{ name: 'output.weight', ...embedding, type: more }]),
  ];
}

function layerTensors(
  shape: PublishedShape,
  quantization: Quantization,
  layer: number,
): readonly GgufTensor[] {
  const { base, more } = recipes[quantization];
  const wantsMore = keepsMore(layer, shape.layers);
  const vectors = vectorsOf(shape).map(
    ([name, size]) => ({ name, shape: [size], type: 'f32' }) as const,
  );
  const matrices = matricesOf(shape).map(([name, sizes]) => {
    const isDelicate = wantsMore && (name === 'attn_v.weight' || name.startsWith('ffn_down'));
    const type = name === 'ffn_gate_inp.weight' ? 'f32' : isDelicate ? more : base;
    return { name, shape: sizes, type } as const;
  });
  return [...vectors, ...matrices].map((tensor) => ({
    ...tensor,
    name: `blk.${String(layer)}.${tensor.name}`,
  }));
}

/** The layers that mixed quantizations keep more exactly: the first and last eighth, and every third between. */
function keepsMore(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  const isOuter = layer < eighth || layer >= Math.floor((7 * layers) / 8);
  return isOuter || (layer - eighth) % 3 === 2;
}

function vectorsOf(shape: PublishedShape): readonly (readonly [string, number])[] {
  const { architecture, width, headWidth, heads, keyValueHeads } = shape;
  const always = [
    ['attn_norm.weight', width],
    ['ffn_norm.weight', width],
  ] as const;
  const headNorms = [
    ['attn_q_norm.weight', headWidth],
    ['attn_k_norm.weight', headWidth],
  ] as const;
  switch (architecture) {
    case 'llama':
      return always;
    case 'qwen2':
      return [
        ...always,
        ['attn_q.bias', heads * headWidth],
        ['attn_k.bias', keyValueHeads * headWidth],
        ['attn_v.bias', keyValueHeads * headWidth],
      ];
    case 'qwen3':
    case 'qwen3moe':
      return [...always, ...headNorms];
    case 'gemma3':
      return [
        ...always,
        ...headNorms,
        ['post_attention_norm.weight', width],
        ['post_ffw_norm.weight', width],
      ];
  }
}

function matricesOf(shape: PublishedShape): readonly (readonly [string, readonly number[]])[] {
  const { width, feedForward, experts } = shape;
  const queries = shape.heads * shape.headWidth;
  const keys = shape.keyValueHeads * shape.headWidth;
  const attention = [
    ['attn_q.weight', [width, queries]],
    ['attn_k.weight', [width, keys]],
    ['attn_v.weight', [width, keys]],
    ['attn_output.weight', [queries, width]],
  ] as const;
  if (experts === undefined) {
    return [
      ...attention,
      ['ffn_gate.weight', [width, feedForward]],
      ['ffn_up.weight', [width, feedForward]],
      ['ffn_down.weight', [feedForward, width]],
    ];
  }
  return [
    ...attention,
    ['ffn_gate_inp.weight', [width, experts.count]],
    ['ffn_gate_exps.weight', [width, feedForward, experts.count]],
    ['ffn_up_exps.weight', [width, feedForward, experts.count]],
    ['ffn_down_exps.weight', [feedForward, width, experts.count]],
  ];
}
