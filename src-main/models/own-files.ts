import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ModelFile } from './model-files.ts';

/** What a repository of such a model may hold at all. */
const ofARepository =
  /\.(?:json|safetensors|jinja|model|tiktoken|txt|md|py|npz)$|^(?:licen[cs]e|notice|use_policy)\b/i;
/** What its programs read besides the weights, under the names that they look for. */
const readByPrograms =
  /^(?:config|configuration|generation_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|chat_template|processor_config|(?:video_)?preprocessor_config)\.json$|\.safetensors\.index\.json$|^(?:merges|vocab)\.txt$|^(?:tokenizer|spiece|sentencepiece\.bpe)\.model$|\.(?:jinja|tiktoken)$/i;

/**
 * Every file that makes a model: weights, projector, and what else belongs to an MLX folder. Where such
 * a model lies in a folder full of other things, the other things are not counted in: whoever deletes or
 * moves the model must not take them along.
 */
export async function filesOf(file: ModelFile): Promise<readonly string[]> {
  const projector = file.projectorPath === undefined ? [] : [file.projectorPath];
  if (file.format === 'gguf') return [...file.parts, ...projector];
  const entries = await readdir(file.path, { withFileTypes: true });
  const names = entries.flatMap((entry) =>
    entry.isDirectory() || entry.name.startsWith('.') ? [] : [entry.name],
  );
  const isItsOwn = names.every((name) => /\.gguf$/i.test(name) || ofARepository.test(name));
  const weights = new Set(file.parts.map((part) => basename(part)));
  const belongs = isItsOwn
    ? (name: string): boolean => !/\.gguf$/i.test(name)
    : (name: string): boolean => weights.has(name) || readByPrograms.test(name);
  const own = names.filter(belongs).map((name) => join(file.path, name));
  return [...new Set([...own, ...projector])];
}
