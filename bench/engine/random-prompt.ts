/** Ids that every generated model has as plain text: the lower-case letters and the merged words. */
const plainTokens = [
  ...Array.from({ length: 26 }, (_, index) => 97 + index),
  ...Array.from({ length: 40 }, (_, index) => 256 + index),
];

const words = 'the quick brown fox jumps over a lazy dog and hello world how are you'.split(' ');

/** Draws prompts that have nothing in common, so that no cache helps by accident. The same seed draws the same ones. */
export class PromptSource {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  tokens(count: number): number[] {
    return Array.from({ length: count }, () => this.pick(plainTokens));
  }

  sentence(wordCount: number): string {
    return Array.from({ length: wordCount }, () => this.pick(words)).join(' ');
  }

  private pick<T>(choices: readonly T[]): T {
    // A linear congruential generator (Numerical Recipes): its high bits are random enough.
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    const choice = choices[Math.floor((this.state / 2 ** 32) * choices.length)];
    if (choice === undefined) throw new RangeError('Nothing to choose from');
    return choice;
  }
}
