import type { StoreKind } from '../core/model.ts';

const storeNames: Readonly<Record<StoreKind, string>> = {
  'lm-studio': 'LM Studio',
  ollama: 'Ollama',
  'hugging-face': 'the Hugging Face cache',
  'llama-cpp': 'llama.cpp',
  jan: 'Jan',
};

/** Other programs as a person knows them: `LM Studio and Jan`. */
export function nameStores(kinds: readonly StoreKind[]): string {
  const names = kinds.map((kind) => storeNames[kind]);
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** Sizes of files and disks as the window shows them: in powers of ten. */
export function nameBytes(bytes: number): string {
  const gigabytes = bytes / 1e9;
  return gigabytes >= 1 ? `${gigabytes.toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}
