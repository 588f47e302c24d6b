import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomSource } from './random-source.ts';
import { writeSafetensors } from './safetensors-writer.ts';
import type { SafeTensor } from './safetensors-writer.ts';

/** What a tiny llama of this shape is made of; byte tokens, so that any text can be read. */
const shape = { layers: 2, width: 64, feedForward: 128, heads: 4, keyValueHeads: 2, headWidth: 16 };
const contextLength = 2048;

const endOfTurn = '<|im_end|>';
const controls = ['<|bos|>', '<|im_start|>', endOfTurn] as const;

/** The letters that stand for the 256 bytes in byte-level tokenizers (as GPT-2 chose them). */
const byteLetters = byteAlphabet();
const vocabularySize = byteLetters.length + controls.length;

const template =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/**
 * Writes a folder as MLX and transformers load it: a llama with random weights that answers with
 * letters, without end, and attends to its whole prompt. The same seed writes the same weights.
 */
export function writeRandomMlxModel(folder: string, seed = 1): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, value: object): void => {
    writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  };
  write('config.json', modelConfig());
  write('tokenizer.json', tokenizer());
  write('tokenizer_config.json', {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: controls[0],
    eos_token: endOfTurn,
    model_max_length: contextLength,
    clean_up_tokenization_spaces: false,
    chat_template: template,
  });
  writeSafetensors(join(folder, 'model.safetensors'), tensors(seed));
}

function modelConfig(): object {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_size: shape.width,
    intermediate_size: shape.feedForward,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.keyValueHeads,
    head_dim: shape.headWidth,
    max_position_embeddings: contextLength,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    vocab_size: vocabularySize,
    tie_word_embeddings: false,
    torch_dtype: 'float32',
    bos_token_id: byteLetters.length,
    eos_token_id: byteLetters.length + controls.indexOf(endOfTurn),
  };
}

function tokenizer(): object {
  const vocab = Object.fromEntries([...byteLetters, ...controls].map((text, id) => [text, id]));
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: controls.map((content, index) => ({
      id: byteLetters.length + index,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { ...byteLevel, use_regex: true },
    post_processor: null,
    decoder: { ...byteLevel, use_regex: true },
    model: { type: 'BPE', fuse_unk: false, byte_fallback: false, vocab, merges: [] },
  };
}

/** Channel 0 of every embedding is a constant on which the tokens hang that must not be said. */
const banned = { channel: 0, embedding: 8, output: -50 } as const;

function tensors(seed: number): readonly SafeTensor[] {
  const next = randomSource(seed);
  const { layers, width, feedForward, heads, keyValueHeads, headWidth } = shape;
  const bound = Math.sqrt(3 / width);
  const matrix = (name: string, rows: number, columns: number, scale = 2 * bound): SafeTensor => ({
    name,
    shape: [rows, columns],
    values: Float32Array.from({ length: rows * columns }, () => next() * scale),
  });
  const norm = (name: string): SafeTensor => ({
    name,
    shape: [width],
    values: new Float32Array(width).fill(1),
  });
  const embeddings = matrix('model.embed_tokens.weight', vocabularySize, width, 1);
  const output = matrix('lm_head.weight', vocabularySize, width, 4 * bound);
  for (let token = 0; token < vocabularySize; token += 1) {
    const row = token * width;
    embeddings.values[row + banned.channel] = banned.embedding;
    if (isSpoken(token)) continue;
    output.values.fill(0, row, row + width);
    output.values[row + banned.channel] = banned.output;
  }
  const layer = (index: number): SafeTensor[] => {
    const at = `model.layers.${String(index)}`;
    return [
      norm(`${at}.input_layernorm.weight`),
      norm(`${at}.post_attention_layernorm.weight`),
      matrix(`${at}.self_attn.q_proj.weight`, heads * headWidth, width),
      matrix(`${at}.self_attn.k_proj.weight`, keyValueHeads * headWidth, width),
      matrix(`${at}.self_attn.v_proj.weight`, keyValueHeads * headWidth, width),
      silent(matrix(`${at}.self_attn.o_proj.weight`, width, heads * headWidth)),
      matrix(`${at}.mlp.gate_proj.weight`, feedForward, width),
      matrix(`${at}.mlp.up_proj.weight`, feedForward, width),
      silent(matrix(`${at}.mlp.down_proj.weight`, width, feedForward)),
    ];
  };
  const indices = Array.from({ length: layers }, (_, index) => index);
  return [embeddings, ...indices.flatMap(layer), norm('model.norm.weight'), output];
}

/** A layer that leaves the constant as it is. */
function silent(tensor: SafeTensor): SafeTensor {
  const columns = tensor.shape[1] ?? 0;
  tensor.values.fill(0, banned.channel * columns, (banned.channel + 1) * columns);
  return tensor;
}

/** Small letters only: every piece is text of its own. */
function isSpoken(token: number): boolean {
  return /^[a-z]$/.test(byteLetters[token] ?? '');
}

function byteAlphabet(): readonly string[] {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let stand = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    if (printable(byte)) return String.fromCodePoint(byte);
    stand += 1;
    return String.fromCodePoint(255 + stand);
  });
}
