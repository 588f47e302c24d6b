import { askerKey, machineKey, modelKey } from './topology.ts';
import type { Edge, Topology } from './topology.ts';

/** Heights of boxes in sixteenths of a rem, so that everything grows with the text. */
export const boxHeight = { asker: 56, model: 76, machine: 108 } as const;

const gap = 12;
const widestGap = 72;
const thinnest = 1.5;
const thickest = 16;
/** A pool in which little flows draws thin lines, not thick ones. */
const fullAtPerSecond = 40;
/** Between lines at the same side of a box. */
const between = 3;

export interface Placed {
  /** From the top, in the same unit as the heights. */
  readonly y: number;
  readonly height: number;
}

export interface PlacedEdge extends Edge {
  readonly y1: number;
  readonly y2: number;
  /** CSS pixels at the usual text size. */
  readonly width: number;
}

export interface Layout {
  readonly height: number;
  /** By key. */
  readonly boxes: ReadonlyMap<string, Placed>;
  /** From who asks to models, and from models to machines. */
  readonly left: readonly PlacedEdge[];
  readonly right: readonly PlacedEdge[];
}

/** Where every box and line goes. The tallest column decides the height, the others spread along it. */
export function layoutOf({ askers, models, machines, edges }: Topology): Layout {
  const columns = [
    { keys: askers.map(({ id }) => askerKey(id)), height: boxHeight.asker },
    { keys: models.map(({ id }) => modelKey(id)), height: boxHeight.model },
    { keys: machines.map(({ id }) => machineKey(id)), height: boxHeight.machine },
  ];
  const height = Math.max(
    ...columns.map(({ keys, height: box }) => keys.length * (box + gap) - gap),
    0,
  );
  const boxes = new Map(columns.flatMap((column) => placeColumn(column, height)));
  const placed = placeEdges(edges, boxes);
  return {
    ...{ height, boxes },
    left: placed.filter(({ to }) => to.startsWith('model:')),
    right: placed.filter(({ to }) => to.startsWith('machine:')),
  };
}

interface Column {
  readonly keys: readonly string[];
  readonly height: number;
}

function placeColumn(
  { keys, height: box }: Column,
  height: number,
): readonly (readonly [string, Placed])[] {
  const free = height - keys.length * box;
  const space = Math.min(widestGap, Math.max(gap, free / Math.max(1, keys.length)));
  const top = (height - keys.length * box - (keys.length - 1) * space) / 2;
  return keys.map((key, index) => [key, { y: top + index * (box + space), height: box }]);
}

function placeEdges(
  edges: readonly Edge[],
  boxes: ReadonlyMap<string, Placed>,
): readonly PlacedEdge[] {
  const most = Math.max(fullAtPerSecond, ...edges.map(({ tokensPerSecond }) => tokensPerSecond));
  const withWidths = edges.map((edge) => ({
    ...edge,
    width:
      edge.kind === 'flow'
        ? thinnest + (thickest - thinnest) * (edge.tokensPerSecond / most)
        : thinnest,
  }));
  const starts = attach(withWidths, { side: 'from', other: 'to', boxes });
  const ends = attach(withWidths, { side: 'to', other: 'from', boxes });
  return withWidths.map((edge) => ({
    ...edge,
    y1: starts.get(edge.id) ?? 0,
    y2: ends.get(edge.id) ?? 0,
  }));
}

interface Side {
  readonly side: 'from' | 'to';
  readonly other: 'from' | 'to';
  readonly boxes: ReadonlyMap<string, Placed>;
}

/** Lines at one side of a box lie side by side around its middle, in the order of where they go. */
function attach(
  edges: readonly (Edge & { readonly width: number })[],
  { side, other, boxes }: Side,
): ReadonlyMap<string, number> {
  const middle = (key: string) => {
    const box = boxes.get(key);
    return box === undefined ? 0 : box.y + box.height / 2;
  };
  const places = new Map<string, number>();
  for (const [key, ofBox] of Map.groupBy(edges, (edge) => edge[side])) {
    const sorted = ofBox.toSorted((a, b) => middle(a[other]) - middle(b[other]));
    const total = sorted.reduce((sum, { width }) => sum + width + between, -between);
    let y = middle(key) - total / 2;
    for (const { id, width } of sorted) {
      places.set(id, y + width / 2);
      y += width + between;
    }
  }
  return places;
}

/** The line between two heights, in a box 100 wide that is stretched to its place. */
export function pathOf({ y1, y2 }: Pick<PlacedEdge, 'y1' | 'y2'>): string {
  const [from, to] = [y1.toFixed(1), y2.toFixed(1)];
  return `M0 ${from}C50 ${from} 50 ${to} 100 ${to}`;
}
