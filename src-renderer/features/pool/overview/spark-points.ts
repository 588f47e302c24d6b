/** Corners of a line through figures, zero at the bottom, in a square of 100 that leaves room on top. */
export function sparkPoints(history: readonly number[]): string {
  const most = Math.max(1, ...history);
  const last = Math.max(1, history.length - 1);
  return history
    .map((value, index) => {
      const [x, y] = [(index / last) * 100, 100 - (value / most) * 92];
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
