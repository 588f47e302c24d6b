import { alternatives, characterClass, type GrammarBuilder, literal } from './gbnf.ts';

/**
 * Any text up to and including the first `marker`; nothing else can follow inside this rule. It
 * is the marker's search automaton, one rule a state, so the match is exact for any marker.
 */
export function textUntil(marker: string, builder: GrammarBuilder): string {
  const chars = Array.from(marker);
  const names = chars.map((_, index) => builder.declare(`until-${index}`));
  const alphabet = [...new Set(chars)];
  for (const [state, name] of names.entries()) {
    const moves = alphabet.map((char) => ({ char, next: nextState(chars, state, char) }));
    const options = moves.map(({ char, next }) =>
      [literal(char), names[next] ?? ''].filter(Boolean).join(' '),
    );
    const others = characterClass(
      alphabet.map((char) => char.codePointAt(0) ?? 0).map((code) => [code, code] as const),
    ).replace('[', '[^');
    builder.define(name, alternatives([`${others} ${names[0] ?? ''}`, ...options]));
  }
  return names[0] ?? '""';
}

/** How many characters of the marker stand at the end of the text after `char` was read. */
function nextState(marker: readonly string[], state: number, char: string): number {
  const text = [...marker.slice(0, state), char];
  for (let length = Math.min(text.length, marker.length); length > 0; length--) {
    if (text.slice(-length).join('') === marker.slice(0, length).join('')) return length;
  }
  return 0;
}
