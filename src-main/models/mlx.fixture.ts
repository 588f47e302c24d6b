import { join } from 'node:path';
import { put } from './library.fixture.ts';

interface Tensor {
  readonly dtype: string;
  readonly shape: readonly number[];
}

const bytesOf: Readonly<Record<string, number>> = { F32: 4, U32: 4, F16: 2, BF16: 2 };

/** A safetensors file with these tensors, all zero. */
export function safetensors(tensors: Readonly<Record<string, Tensor>>): Buffer {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'mlx' } };
  for (const [name, { dtype, shape }] of Object.entries(tensors)) {
    const elements = shape.reduce((product, size) => product * size, 1);
    const end = offset + elements * (bytesOf[dtype] ?? 1);
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(offset)]);
}

export const chatTemplate =
  '{% for m in messages %}{{ m.content }}{% endfor %}{% if tools %}{{ tools }}{% endif %}{% if enable_thinking %}<think>{% endif %}';

/** A small quantized model in two parts, as mlx-lm writes them. Returns its folder. */
export function putMlxModel(root: string, name: string): string {
  const weights = { dtype: 'U32', shape: [16, 8] };
  const scales = { dtype: 'F16', shape: [16, 1] };
  const first = { 'model.a.weight': weights, 'model.a.scales': scales };
  const second = { 'model.b.weight': weights, 'model.norm.weight': { dtype: 'F16', shape: [64] } };
  const map = {
    ...Object.fromEntries(
      Object.keys(first).map((key) => [key, 'model-00001-of-00002.safetensors']),
    ),
    ...Object.fromEntries(
      Object.keys(second).map((key) => [key, 'model-00002-of-00002.safetensors']),
    ),
  };
  const config = {
    model_type: 'qwen3',
    architectures: ['Qwen3ForCausalLM'],
    max_position_embeddings: 40_960,
    quantization: { group_size: 64, bits: 4 },
  };
  put(root, `${name}/config.json`, JSON.stringify(config));
  put(root, `${name}/tokenizer.json`, '{}');
  put(root, `${name}/tokenizer_config.json`, JSON.stringify({ chat_template: chatTemplate }));
  put(root, `${name}/model-00001-of-00002.safetensors`, safetensors(first));
  put(root, `${name}/model-00002-of-00002.safetensors`, safetensors(second));
  put(
    root,
    `${name}/model.safetensors.index.json`,
    JSON.stringify({ metadata: { total_size: 1184 }, weight_map: map }),
  );
  return join(root, name);
}
