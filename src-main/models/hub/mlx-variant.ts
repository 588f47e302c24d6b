import type { HubFile, HubVariant } from './hub-repo.ts';
import { tierOfBits } from './quantization.ts';

/** What an MLX server reads; programs (`*.py`) and pictures are never fetched. */
const neededFile = /^[^/]+\.(?:json|safetensors|jinja|model|tiktoken|txt)$/i;
const unneededFile = /^(?:licen[cs]e|notice|requirements|use_policy)[^/]*\.txt$/i;
const tokenizer = /^(?:tokenizer\.json|tokenizer\.model|[^/]+\.tiktoken|vocab\.json)$/i;
const shard = /-(\d{5})-of-(\d{5})\.safetensors$/;

/**
 * The whole of an MLX repository as one choice, `main`; undefined when its configuration, its
 * tokenizer or a part of its weights is missing. `bits` is what its configuration says.
 */
export function mlxVariant(
  repo: string,
  files: readonly HubFile[],
  bits: number | undefined,
): HubVariant | undefined {
  const needed = files.filter(({ path }) => neededFile.test(path) && !unneededFile.test(path));
  const weights = needed.filter(({ path }) => path.endsWith('.safetensors'));
  const isWhole =
    weights.length > 0 &&
    hasEveryShard(weights) &&
    needed.some(({ path }) => path === 'config.json') &&
    needed.some(({ path }) => tokenizer.test(path));
  if (!isWhole) return undefined;
  return {
    id: 'main',
    tier: tierOfBits(bits ?? bitsOfName(repo)),
    format: 'mlx',
    files: needed.toSorted((a, b) => a.path.localeCompare(b.path, 'en')),
    sizeBytes: needed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

/** Such as 4 for `Qwen3-0.6B-4bit`. */
export function bitsOfName(repo: string): number | undefined {
  const bits = /[-_.](\d{1,2})[-_]?bit(?=$|[-_.])/i.exec(repo)?.[1];
  if (bits !== undefined) return Number(bits);
  if (/[-_.](?:mxfp4|nvfp4)(?=$|[-_.])/i.test(repo)) return 4;
  return /[-_.](?:bf16|fp16|f16)(?=$|[-_.])/i.test(repo) ? 16 : undefined;
}

function hasEveryShard(weights: readonly HubFile[]): boolean {
  const shards = weights.flatMap(({ path }) => {
    const match = shard.exec(path);
    return match === null ? [] : [{ index: Number(match[1]), count: Number(match[2]) }];
  });
  const [first] = shards;
  if (first === undefined) return true;
  const indices = new Set(shards.map(({ index }) => index));
  return shards.every(({ count }) => count === first.count) && indices.size === first.count;
}
