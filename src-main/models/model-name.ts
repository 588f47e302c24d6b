/** What a file's place and name claim about it. */
export interface NamedModel {
  /** `publisher/model:quant` as far as the path tells. */
  readonly id: string;
  /** For people: the model's name with its quantization. */
  readonly name: string;
  /** Shorter spellings; each counts only while no other model claims it. */
  readonly aliases: readonly string[];
}

/** Such as `Q4_K_M`, `IQ2_XXS`, `MXFP4`, `F16` or `4bit` at the end of a file or folder name. */
const quantization =
  /[-._](?:UD[-._])?((?:I?Q\d(?:_[A-Z0-9]+)*|TQ\d_\d|MXFP4(?:_MOE)?|BF16|F16|F32|FP16|FP32|[2-8]-?bits?))$/i;
const shard = /-(\d{5})-of-(\d{5})$/;

/**
 * Derives names from a path below the models folder, such as
 * `unsloth/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q4_K_M.gguf`. `segments` are its parts.
 */
export function nameModel(segments: readonly string[]): NamedModel {
  const file = segments.at(-1) ?? '';
  const stem = file.replace(/\.gguf$/i, '').replace(shard, '');
  const match = quantization.exec(stem);
  const model = match === null ? stem : stem.slice(0, match.index);
  const quant = match?.[1] === undefined ? undefined : spell(match[1]);
  const suffix = quant === undefined ? '' : `:${quant}`;
  const publisher = segments.length > 1 ? segments[0] : undefined;
  const path = publisher === undefined ? model : `${publisher}/${model}`;
  const id = `${path}${suffix}`;
  const candidates = [path, `${model}${suffix}`, model, stem, file];
  return {
    id,
    name: quant === undefined ? model : `${model} ${quant}`,
    aliases: [...new Set(candidates)].filter((alias) => alias !== id && alias !== ''),
  };
}

/** Lets a model answer to where it came from: `hf:org/repo:quant`, `hf.co/org/repo:quant`. */
export function originNames(names: NamedModel, repo: string): NamedModel {
  const quant = /:([^:/]+)$/.exec(names.id)?.[1];
  const repos = [`hf:${repo}`, `hf.co/${repo}`, `huggingface.co/${repo}`, repo];
  const exact = quant === undefined ? [] : repos.map((name) => `${name}:${quant}`);
  const aliases = new Set([...names.aliases, ...exact, ...repos]);
  aliases.delete(names.id);
  return { ...names, aliases: [...aliases] };
}

/** One spelling for each: `Q4_K_M`, but `4bit` as MLX has it. */
function spell(quant: string): string {
  const bits = /^(\d)-?bits?$/i.exec(quant)?.[1];
  return bits === undefined ? quant.toUpperCase() : `${bits}bit`;
}

/** Position and count of a part of a split model, counted from 1; undefined for a whole file. */
export function shardOf(
  fileName: string,
): { readonly index: number; readonly count: number } | undefined {
  const match = shard.exec(fileName.replace(/\.gguf$/i, ''));
  return match === null ? undefined : { index: Number(match[1]), count: Number(match[2]) };
}
