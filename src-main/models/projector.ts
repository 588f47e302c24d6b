/** Files that hold only the eyes of a vision model; they answer nothing by themselves. */
export function isProjector(fileName: string): boolean {
  return /mmproj/i.test(fileName);
}

/**
 * The projector that belongs to a model in the same folder: the one whose name shares most with the
 * model's. One that names another model is left alone; of equals the more exact precision wins.
 */
export function pickProjector(
  modelFileName: string,
  projectors: readonly string[],
): string | undefined {
  const wanted = wordsOf(modelFileName);
  const fitting = projectors.filter((name) => wordsOf(name).every((word) => wanted.includes(word)));
  const best = (a: string, b: string): number =>
    wordsOf(b).length - wordsOf(a).length || precision(a) - precision(b) || (a < b ? -1 : 1);
  return fitting.toSorted(best)[0];
}

/** Words that say nothing about which model it is. */
const meaningless =
  /^(mmproj|gguf|model|ud|\d{5}|of|bf16|f16|f32|fp16|fp32|(i?q|tq)\d.*|[a-z]{1,2}|\d)$/;

function wordsOf(name: string): readonly string[] {
  const words = name.toLowerCase().split(/[-_. ]+/);
  return words.filter((word) => word !== '' && !meaningless.test(word));
}

/** F16 and BF16 are what engines expect; F32 is twice the size for nothing. */
function precision(name: string): number {
  const order = [/(^|[^b])f16/i, /bf16/i, /q8/i, /f32/i];
  const place = order.findIndex((pattern) => pattern.test(name));
  return place === -1 ? order.length : place;
}
