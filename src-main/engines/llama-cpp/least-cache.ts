import type { GgufFileInfo } from 'node-llama-cpp';
import type { LoadOptions } from '../../core/model.ts';
import { leastCacheValueBytes } from './cache-type.ts';

/**
 * The least that a context of so many tokens takes: keys and values of every token in every layer.
 * llama.cpp's own plan is exact but takes half a minute for a context that is far too large, so what
 * cannot fit by this is not planned. Zero for models that remember otherwise (windows, shared
 * layers, state spaces) or do not say.
 */
export function leastCacheBytes(
  { architectureMetadata }: GgufFileInfo,
  tokens: number,
  options: LoadOptions,
): number {
  const { attention, block_count: layers, embedding_length: width, ssm } = architectureMetadata;
  const heads = attention?.head_count;
  const keyValueHeads = attention?.head_count_kv ?? heads;
  const remembersOtherwise =
    ssm !== undefined ||
    attention?.sliding_window !== undefined ||
    attention?.shared_kv_layers !== undefined ||
    architectureMetadata.full_attention_interval !== undefined ||
    'kv_lora_rank' in (attention ?? {});
  if (remembersOtherwise || typeof keyValueHeads !== 'number') return 0;
  if (layers === undefined || width === undefined || heads === undefined) return 0;
  const keyLength = attention?.key_length ?? width / heads;
  const valueLength = attention?.value_length ?? keyLength;
  const values = tokens * layers * keyValueHeads * (keyLength + valueLength);
  return values * leastCacheValueBytes(options);
}
