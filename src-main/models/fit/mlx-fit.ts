import { z } from 'zod';
import type { LoadOptions } from '../../core/model.ts';
import type { FitSubject } from './fit.ts';

const textConfig = z.object({
  num_hidden_layers: z.number().optional(),
  num_attention_heads: z.number().optional(),
  num_key_value_heads: z.number().nullish(),
  hidden_size: z.number().optional(),
  head_dim: z.number().nullish(),
  max_position_embeddings: z.number().optional(),
});
const configSchema = textConfig.extend({ text_config: textConfig.optional() });

/** Python, mlx and what mlx-lm keeps beside the model: about what an empty server takes. */
const serverBytes = 400e6;
/** mlx-lm keeps keys and values in 16 bits. */
const bytesPerValue = 2;
/** Work space of a prompt's step, as a part of the weights. */
const workShare = 0.05;
const usualContext = 8192;

/**
 * A rough prediction for an MLX repository, from the sizes of its weight files and its `config.json`
 * alone: weights + keys and values of every layer + the server. mlx-lm plans nothing ahead and its
 * cache grows with a chat, so this is what a full context of each slot would take. Everything
 * counts as graphics memory where there is any. Undefined when the configuration says too little.
 */
export function estimateMlx(
  config: unknown,
  weightBytes: number,
  options: LoadOptions,
  isOnGpu: boolean,
): FitSubject | undefined {
  const parsed = configSchema.safeParse(config);
  if (!parsed.success) return undefined;
  const shape = { ...parsed.data, ...parsed.data.text_config };
  const { num_hidden_layers: layers, num_attention_heads: heads, hidden_size: width } = shape;
  if (layers === undefined || heads === undefined || width === undefined) return undefined;
  const keyValueHeads = shape.num_key_value_heads ?? heads;
  const headSize = shape.head_dim ?? width / heads;
  const trained = shape.max_position_embeddings ?? usualContext;
  const contextLength = options.contextLength ?? Math.min(trained, usualContext);
  const slots = options.slots ?? 1;
  const cacheBytes = 2 * layers * keyValueHeads * headSize * bytesPerValue * contextLength * slots;
  const modelBytes = Math.round(weightBytes * (1 + workShare) + cacheBytes);
  return {
    cpuBytes: serverBytes + (isOnGpu ? 0 : modelBytes),
    gpuBytes: isOnGpu ? modelBytes : 0,
    gpuLayers: isOnGpu ? layers : 0,
    layers,
    contextLength,
    slots,
  };
}
