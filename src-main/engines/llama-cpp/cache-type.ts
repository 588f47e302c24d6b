import { GgmlType } from 'node-llama-cpp';
import type { GgufFileInfo } from 'node-llama-cpp';
import type { LoadOptions } from '../../core/model.ts';

interface CacheTypes {
  readonly key: GgmlType;
  readonly value: GgmlType;
}

const types = {
  f16: GgmlType.F16,
  q8_0: GgmlType.Q8_0,
  q4_0: GgmlType.Q4_0,
} as const;

/** The small types store one scale of 16 bits with each 32 values. */
const bytesPerValue = { f16: 2, q8_0: 34 / 32, q4_0: 18 / 32 } as const;

/** How a context keeps keys and values. llama.cpp cannot read small values without flash attention. */
export function cacheTypes({ cacheType = 'f16', flashAttention }: LoadOptions): CacheTypes {
  const key = types[cacheType];
  return { key, value: flashAttention === false ? GgmlType.F16 : key };
}

/** Bytes of one kept number at least. */
export function leastCacheValueBytes({ cacheType = 'f16' }: LoadOptions): number {
  return bytesPerValue[cacheType];
}

const valuesPerScale = 32;

/** Throws what llama.cpp would say of a cache type that this model cannot use, before it is planned. */
export function checkCacheType(
  { architectureMetadata }: GgufFileInfo,
  { cacheType = 'f16' }: LoadOptions,
): void {
  const { attention, embedding_length: width } = architectureMetadata;
  const heads = attention?.head_count;
  const headSize =
    attention?.key_length ?? (typeof heads === 'number' && width !== undefined ? width / heads : 0);
  if (cacheType === 'f16' || headSize % valuesPerScale === 0) return;
  throw new Error(`K cache type ${cacheType} with block size ${String(valuesPerScale)}`);
}
