import { spell } from './vocabulary.ts';

/** What the model is to say: text that is cut for you, or the exact tokens, bytes where a character is to be cut. */
export type Script = string | readonly (string | Uint8Array)[];

/** A word with the space in front of it, a run of spaces, or a run of line ends. */
const words = /[^\S\n]?[^\s]+|[^\S\n]+|\n+/g;

/**
 * Cuts scripts into tokens so that every token occurs once in the whole model. That is the one rule
 * of a bigram model: what comes next depends on the last token alone, so a token that occurs twice
 * would have two successors. A word that was used before is therefore joined with the words behind
 * it (or, at the end, in front of it) until the piece is new.
 */
export class PieceCutter {
  private readonly used = new Set<string>();

  /** The spelled tokens of this script, in order; never empty. */
  cut(script: Script): string[] {
    const pieces = typeof script === 'string' ? this.cutText(script) : this.takeExact(script);
    if (pieces.length === 0) throw new Error('A scripted answer needs at least one character');
    return pieces;
  }

  private takeExact(script: readonly (string | Uint8Array)[]): string[] {
    return script.map((piece) => {
      const spelled = spell(piece);
      if (!this.isFree(spelled)) {
        throw new Error(
          `The scripted piece ${JSON.stringify(String(piece))} is a single byte or occurs twice: the token in front of it decides what a bigram model says, so cut the text differently.`,
        );
      }
      this.used.add(spelled);
      return spelled;
    });
  }

  private cutText(text: string): string[] {
    const pieces: string[] = [];
    let open = '';
    for (const word of text.match(words) ?? []) {
      open += spell(word);
      if (!this.isFree(open)) continue;
      this.used.add(open);
      pieces.push(open);
      open = '';
    }
    while (open !== '') {
      const previous = pieces.pop();
      if (previous === undefined) {
        throw new Error(`Another answer already begins with all of ${JSON.stringify(text)}`);
      }
      this.used.delete(previous);
      open = previous + open;
      if (this.isFree(open)) {
        this.used.add(open);
        pieces.push(open);
        open = '';
      }
    }
    return pieces;
  }

  /** Single bytes end prompts, so they lead into an answer and cannot be inside one. */
  private isFree(spelled: string): boolean {
    return Array.from(spelled).length > 1 && !this.used.has(spelled);
  }
}
