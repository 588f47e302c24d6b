import { writeGguf } from './gguf/gguf-writer.ts';
import type { GgufMetadata, GgufTensor } from './gguf/gguf-writer.ts';
import { randomSource } from './random-source.ts';

/** A vision tower that cuts a picture into four patches; under 50,000 parameters. */
const tower = { width: 32, feedForward: 64, heads: 2, layers: 2, imageSize: 28, patchSize: 14 };

/**
 * Writes a projector (`mmproj`) in the form of LLaVA 1.5 with random weights for a model of this
 * width. It makes of a picture what no one can read, but of another picture something else.
 */
export function writeRandomProjector(path: string, modelWidth: number, seed = 1): void {
  const next = randomSource(seed);
  const tensor = (name: string, shape: readonly number[], scale = 0.2): GgufTensor => ({
    name,
    shape,
    type: 'f32',
    values: () =>
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => next() * scale),
  });
  const ones = (name: string): GgufTensor => ({
    name,
    shape: [tower.width],
    type: 'f32',
    values: () => new Float32Array(tower.width).fill(1),
  });
  const { width, feedForward, layers, imageSize, patchSize } = tower;
  const patches = (imageSize / patchSize) ** 2;
  const layer = (index: number): GgufTensor[] => {
    const at = `v.blk.${String(index)}`;
    return [
      ...['attn_q', 'attn_k', 'attn_v', 'attn_out'].map((name) =>
        tensor(`${at}.${name}.weight`, [width, width]),
      ),
      ones(`${at}.ln1.weight`),
      ones(`${at}.ln2.weight`),
      tensor(`${at}.ffn_up.weight`, [width, feedForward]),
      tensor(`${at}.ffn_down.weight`, [feedForward, width]),
    ];
  };
  writeGguf(path, metadataFor(modelWidth), [
    tensor('v.patch_embd.weight', [patchSize, patchSize, 3, width]),
    tensor('v.position_embd.weight', [width, patches]),
    ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
    tensor('mm.0.weight', [width, modelWidth]),
    tensor('mm.0.bias', [modelWidth]),
    tensor('mm.2.weight', [modelWidth, modelWidth], 1),
    tensor('mm.2.bias', [modelWidth]),
  ]);
}

function metadataFor(modelWidth: number): GgufMetadata {
  const number = (value: number) => ({ type: 'uint32', value }) as const;
  return {
    'general.architecture': { type: 'string', value: 'clip' },
    'general.type': { type: 'string', value: 'mmproj' },
    'general.name': { type: 'string', value: 'Random projector' },
    'clip.has_vision_encoder': { type: 'boolean', value: true },
    'clip.projector_type': { type: 'string', value: 'mlp' },
    'clip.use_gelu': { type: 'boolean', value: true },
    'clip.vision.embedding_length': number(tower.width),
    'clip.vision.feed_forward_length': number(tower.feedForward),
    'clip.vision.block_count': number(tower.layers),
    'clip.vision.attention.head_count': number(tower.heads),
    'clip.vision.attention.layer_norm_epsilon': { type: 'float32', value: 1e-5 },
    'clip.vision.projection_dim': number(modelWidth),
    'clip.vision.image_size': number(tower.imageSize),
    'clip.vision.patch_size': number(tower.patchSize),
    'clip.vision.image_mean': { type: 'float32s', value: [0.5, 0.5, 0.5] },
    'clip.vision.image_std': { type: 'float32s', value: [0.5, 0.5, 0.5] },
  };
}
