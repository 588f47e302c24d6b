/** How the two sources call each feature that engines care about, in the order people read them. */
const features = [
  { name: 'avx', flags: ['avx'], engine: 'AVX' },
  { name: 'avx2', flags: ['avx2'], engine: 'AVX2' },
  { name: 'fma', flags: ['fma'], engine: 'FMA' },
  { name: 'f16c', flags: ['f16c'], engine: 'F16C' },
  { name: 'avx_vnni', flags: ['avx_vnni'], engine: 'AVX_VNNI' },
  { name: 'avx512f', flags: ['avx512f'], engine: 'AVX512' },
  { name: 'avx512_vnni', flags: ['avx512_vnni'], engine: 'AVX512_VNNI' },
  { name: 'avx512_bf16', flags: ['avx512_bf16'], engine: 'AVX512_BF16' },
  { name: 'amx_int8', flags: ['amx_int8'], engine: 'AMX_INT8' },
  { name: 'neon', flags: ['neon', 'asimd'], engine: 'NEON' },
  { name: 'dotprod', flags: ['asimddp'], engine: 'DOTPROD' },
  { name: 'fp16', flags: ['asimdhp'], engine: 'FP16_VA' },
  { name: 'i8mm', flags: ['i8mm'], engine: 'MATMUL_INT8' },
  { name: 'sve', flags: ['sve'], engine: 'SVE' },
] as const;

/**
 * Reduces what the system and the engine say about a processor to what matters for speed. Either may
 * be empty: Windows names no newer flags, Apple Silicon none at all.
 */
export function cpuFeatures(flags: string, engineInfo: string): readonly string[] {
  const words = new Set(flags.toLowerCase().split(/\s+/));
  const used = new Set(
    Array.from(engineInfo.matchAll(/(\w+) = 1\b/g), ([, feature]) => feature ?? ''),
  );
  return features
    .filter(({ flags: names, engine }) => names.some((name) => words.has(name)) || used.has(engine))
    .map(({ name }) => name);
}
