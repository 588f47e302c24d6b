import { usable } from '../policy.ts';
import type { NodeView, Policy } from '../policy.ts';
import { leastBy, shareInUse } from './balancing.ts';
import { hashText } from './text-hash.ts';

const ringPointsPerNode = 256;
const ringChars = 100;
const ringLoadFactor = 1.25;

/**
 * Consistent hashing with bounded loads over the first 100 characters, as KubeAI does it: the ring's
 * next machine that is not above 125 % of the mean load.
 */
export function createBoundedHashing(): Policy {
  return {
    name: 'bounded hashing, 100 characters',
    choose({ text }, nodes) {
      const able = usable(nodes);
      const inFlight = able.reduce((sum, node) => sum + node.inFlight, 0);
      const most = ((inFlight + 1) / able.length) * ringLoadFactor;
      const at = hashText(text.slice(0, ringChars));
      const points = able
        .flatMap((node) => ringPoints(node).map((point) => ({ node, from: (point - at) >>> 0 })))
        .toSorted((a, b) => a.from - b.from);
      const found = points.find(({ node }) => node.inFlight < most) ?? points[0];
      return found && { node: found.node };
    },
  };
}

const pointsOf = new Map<string, readonly number[]>();

function ringPoints({ spec }: NodeView): readonly number[] {
  const known = pointsOf.get(spec.id);
  if (known !== undefined) return known;
  const points = Array.from({ length: ringPointsPerNode }, (_, replica) =>
    hashText(`${spec.id}${String(replica)}`),
  );
  pointsOf.set(spec.id, points);
  return points;
}

const stickyChars = 512;
const stickyForMs = 600_000;
const stickyEntries = 10_000;

/** Whoever starts with the same 512 bytes stays where the first of them went, as Olla does it. */
export function createStickyStart(): Policy {
  const pins = new Map<number, { readonly id: string; readonly at: number }>();
  return {
    name: 'sticky, 512 bytes',
    choose({ text }, nodes, { at }) {
      const key = hashText(text.slice(0, stickyChars));
      const pin = pins.get(key);
      const isFresh = pin !== undefined && at - pin.at < stickyForMs;
      const pinned = isFresh ? nodes.find(({ spec }) => spec.id === pin.id) : undefined;
      const node = pinned ?? leastBy(usable(nodes), shareInUse);
      if (node === undefined) return undefined;
      pins.delete(key);
      pins.set(key, { id: node.spec.id, at });
      const oldest = pins.keys().next().value;
      if (pins.size > stickyEntries && oldest !== undefined) pins.delete(oldest);
      return { node };
    },
  };
}
