/** Where the slider of a context can stop: powers of two and the steps half way between, up to the limit. */
export function contextStops(max: number): readonly number[] {
  const stops: number[] = [];
  for (let power = 2048; power < max; power *= 2) stops.push(power, power * 1.5);
  return [...stops.filter((stop) => stop < max), max];
}

/** The place of the last stop that does not exceed the value; 0 below the first. */
export function placeOf(stops: readonly number[], value: number): number {
  return Math.max(
    0,
    stops.findLastIndex((stop) => stop <= value),
  );
}

/** 1, 2, 3 … up to `max`. */
export function wholeStops(max: number): readonly number[] {
  return Array.from({ length: max }, (_, index) => index + 1);
}
