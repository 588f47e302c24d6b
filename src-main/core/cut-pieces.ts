/** A longer sentence is no sentence of an error: it is looked up piece by piece. */
const longestSentence = 4096;

/**
 * A sentence with `…` for each piece of at least `shortest` characters that stands in one of the texts.
 * Either the sentence is short or the texts are: then it takes about as long as reading them once.
 */
export function cutPieces(sentence: string, texts: readonly string[], shortest: number): string {
  if (sentence.length < shortest) return sentence;
  if (sentence.length > longestSentence) return cutByLookingUp(sentence, texts, shortest);
  const marks = new Uint8Array(sentence.length);
  const samples = new Samples(sentence, shortest, marks);
  for (const text of texts) samples.markIn(text);
  return withoutMarked(sentence, marks);
}

/**
 * Parts of the sentence, half as long as what counts. Whoever looks at every so many characters of a
 * text meets one of them in each piece that it shares with the sentence.
 */
class Samples {
  private readonly sentence: string;
  private readonly shortest: number;
  private readonly marks: Uint8Array;
  private readonly length: number;
  private readonly stride: number;
  private readonly places = new Map<string, number[]>();

  constructor(sentence: string, shortest: number, marks: Uint8Array) {
    this.sentence = sentence;
    this.shortest = shortest;
    this.marks = marks;
    this.length = Math.ceil(shortest / 2);
    this.stride = shortest - this.length + 1;
    for (let at = 0; at + this.length <= sentence.length; at += 1) {
      const sample = sentence.slice(at, at + this.length);
      const known = this.places.get(sample);
      if (known === undefined) this.places.set(sample, [at]);
      else known.push(at);
    }
  }

  markIn(text: string): void {
    const { length, stride, places } = this;
    for (let at = 0; at + length <= text.length && places.size > 0; at += stride) {
      const sample = text.slice(at, at + length);
      const found = places.get(sample);
      if (found === undefined) continue;
      for (const place of found) this.markAround(place, text, at);
      // What is cut already need not be found again: a text may say it a million times.
      const left = found.filter((place) => !this.isMarked(place));
      if (left.length > 0) places.set(sample, left);
      else places.delete(sample);
    }
  }

  private markAround(place: number, text: string, at: number): void {
    if (this.isMarked(place)) return;
    const { sentence } = this;
    let before = 0;
    while (before < Math.min(place, at) && sentence[place - before - 1] === text[at - before - 1]) {
      before += 1;
    }
    let behind = this.length;
    const most = Math.min(sentence.length - place, text.length - at);
    while (behind < most && sentence[place + behind] === text[at + behind]) behind += 1;
    if (before + behind >= this.shortest) this.marks.fill(1, place - before, place + behind);
  }

  private isMarked(place: number): boolean {
    return this.marks[place] === 1 && this.marks[place + this.length - 1] === 1;
  }
}

function withoutMarked(sentence: string, marks: Uint8Array): string {
  let kept = '';
  for (let at = 0; at < sentence.length; at += 1) {
    if (marks[at] !== 1) kept += sentence.charAt(at);
    else if (at === 0 || marks[at - 1] !== 1) kept += '…';
  }
  return kept;
}

function cutByLookingUp(sentence: string, texts: readonly string[], shortest: number): string {
  let kept = '';
  let at = 0;
  while (at < sentence.length) {
    const start = sentence.slice(at, at + shortest);
    const text = start.length < shortest ? undefined : texts.find((each) => each.includes(start));
    if (text === undefined) {
      kept += sentence.charAt(at);
      at += 1;
      continue;
    }
    let end = at + shortest;
    while (end < sentence.length && text.includes(sentence.slice(at, end + 1))) end += 1;
    kept += '…';
    at = end;
  }
  return kept;
}
