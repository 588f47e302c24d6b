/** Where everything of a chart is drawn, in CSS pixels. */
export interface ChartFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly barWidth: number;
  /** The left edge of a bar. */
  readonly xOf: (index: number) => number;
  /** The height of an amount, from the top. */
  readonly yOf: (amount: number) => number;
  /** The bar under the pointer; undefined beside the bars. */
  readonly indexAt: (x: number) => number | undefined;
}

const height = 224;
const top = 10;
const bottom = 24;
/** Room for amounts such as 47.2M at the left. */
const left = 56;

/** Bars take most of their place; where there are too many, the gap goes first. */
export function frameOf(of: {
  readonly width: number;
  readonly count: number;
  readonly ticks: readonly number[];
}): ChartFrame {
  const { width, count, ticks } = of;
  const ground = height - bottom;
  const largest = ticks.at(-1) ?? 0;
  const most = largest > 0 ? largest : 1;
  const place = count === 0 ? 0 : Math.max(0, width - left) / count;
  const gap = place > 24 ? place * 0.32 : place > 4 ? 1.5 : 0;
  return {
    ...{ left, top, width, height },
    barWidth: Math.max(0.5, Math.min(56, place - gap)),
    xOf: (index) => left + index * place + (place - Math.min(56, Math.max(0.5, place - gap))) / 2,
    yOf: (amount) => ground - (amount / most) * (ground - top),
    indexAt: (x) => {
      const index = place === 0 ? -1 : Math.floor((x - left) / place);
      return index >= 0 && index < count ? index : undefined;
    },
  };
}
