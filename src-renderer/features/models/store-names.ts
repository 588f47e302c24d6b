import type { StoreKind } from '../../api.ts';

/** Programs are called what their makers call them, in every language. */
export const storeName: Readonly<Record<StoreKind, string>> = {
  'lm-studio': 'LM Studio',
  ollama: 'Ollama',
  'hugging-face': 'Hugging Face',
  'llama-cpp': 'llama.cpp',
  jan: 'Jan',
};

/** "LM Studio, Ollama and Jan". */
export function storeNames(kinds: readonly StoreKind[], locale: string): string {
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  return list.format(kinds.map((kind) => storeName[kind]));
}
