export interface MarkerMatch {
  readonly marker: string;
  readonly index: number;
}

/** The first of the markers in the text; of two at one place the longer. */
export function findFirstMarker(text: string, markers: readonly string[]): MarkerMatch | undefined {
  let first: MarkerMatch | undefined;
  for (const marker of markers) {
    const index = text.indexOf(marker);
    if (index < 0) continue;
    const isBetter =
      first === undefined ||
      index < first.index ||
      (index === first.index && marker.length > first.marker.length);
    if (isBetter) first = { marker, index };
  }
  return first;
}

/** Length of the longest end of `text` that could still grow into one of the markers. */
export function heldLength(text: string, markers: readonly string[]): number {
  let held = 0;
  for (const marker of markers) {
    const longest = Math.min(marker.length - 1, text.length);
    for (let length = longest; length > held; length--) {
      if (marker.startsWith(text.slice(text.length - length))) {
        held = length;
        break;
      }
    }
  }
  return held;
}
