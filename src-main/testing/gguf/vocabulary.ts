/** The marks of ChatML, which every generated model speaks. */
export const startOfTurn = '<|im_start|>';
export const endOfTurn = '<|im_end|>';
const beginOfText = '<|bos|>';
const endOfText = '<|endoftext|>';

const tokenKinds = { normal: 1, control: 3, unused: 5 } as const;

/** Token strings and kinds in id order, as the file stores them. */
export interface Vocabulary {
  readonly tokens: readonly string[];
  readonly kinds: readonly number[];
  readonly merges: readonly string[];
  /** Ids of the marks the file's metadata names. */
  readonly marks: { readonly begin: number; readonly end: number; readonly padding: number };
  idOf(token: string): number;
}

/** GPT-2 writes each byte as a printable character, so that a token is always valid text. */
const byteCharacters: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte).map(
  (byte, _index, all) => {
    const isPrintable = (value: number): boolean =>
      (value >= 33 && value <= 126) || (value >= 161 && value <= 172) || value >= 174;
    if (isPrintable(byte)) return String.fromCodePoint(byte);
    const earlier = all.slice(0, byte).filter((other) => !isPrintable(other)).length;
    return String.fromCodePoint(256 + earlier);
  },
);

/** How the vocabulary spells these bytes. */
export function spell(bytes: string | Uint8Array): string {
  const raw = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes;
  return Array.from(raw, (byte) => byteCharacters[byte] ?? '').join('');
}

export interface VocabularyOptions {
  /** Spelled tokens beside the 256 bytes. A prompt is never tokenised into one: there are no merges for them. */
  readonly pieces?: readonly string[];
  /** Further control tokens, recognised in a rendered template. */
  readonly controls?: readonly string[];
  /** Words that the tokeniser builds by merging, so that prompts are not read byte by byte. */
  readonly words?: readonly string[];
  /** Filled up with unused tokens to this size. */
  readonly size?: number;
}

/** Every prefix of a word becomes a token, made from the shorter prefix and one more character. */
function mergeSteps(words: readonly string[]): { merges: string[]; tokens: string[] } {
  const merges: string[] = [];
  const tokens = new Set<string>();
  for (const word of words) {
    const letters = Array.from(spell(word));
    let prefix = letters[0] ?? '';
    for (const letter of letters.slice(1)) {
      if (!tokens.has(prefix + letter)) merges.push(`${prefix} ${letter}`);
      prefix += letter;
      tokens.add(prefix);
    }
  }
  return { merges, tokens: [...tokens] };
}

/** 256 bytes first (id = byte), then merged words, pieces, control tokens and fillers. */
export function createVocabulary(options: VocabularyOptions): Vocabulary {
  const steps = mergeSteps(options.words ?? []);
  const normal = [...new Set([...byteCharacters, ...steps.tokens, ...(options.pieces ?? [])])];
  const controls = [beginOfText, startOfTurn, endOfTurn, endOfText, ...(options.controls ?? [])];
  const used = [...normal, ...controls];
  const fillers = Array.from(
    { length: Math.max(0, (options.size ?? 0) - used.length) },
    (_, index) => `[unused${String(index)}]`,
  );
  const tokens = [...used, ...fillers];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const idOf = (token: string): number => {
    const id = ids.get(token);
    if (id === undefined) throw new Error(`The vocabulary has no token ${JSON.stringify(token)}`);
    return id;
  };
  return {
    tokens,
    kinds: [
      ...normal.map(() => tokenKinds.normal),
      ...controls.map(() => tokenKinds.control),
      ...fillers.map(() => tokenKinds.unused),
    ],
    // llama.cpp refuses an empty list of merges; two spaces are harmless.
    merges: steps.merges.length > 0 ? steps.merges : [`${spell(' ')} ${spell(' ')}`],
    marks: { begin: idOf(beginOfText), end: idOf(endOfTurn), padding: idOf(endOfText) },
    idOf,
  };
}
