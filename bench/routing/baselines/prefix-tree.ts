import { usable } from '../policy.ts';
import type { NodeView, Policy } from '../policy.ts';
import type { Random } from '../random.ts';
import { leastBy, shareInUse } from './balancing.ts';
import { pieceHashes } from './text-hash.ts';

/** The tree branches every so many characters; the original at any, which 16 tokens hardly tell. */
const treePieceChars = 64;
const matchThreshold = 0.5;
const imbalanceAbsolute = 32;
const imbalanceRelative = 1.1;

/**
 * An approximate tree of what was sent where, as SGLang's router keeps it (0.5 / 32 / 1.1): the
 * machine with the longest match above half of the prompt, else the one with the smallest tree, and
 * the shortest queue once loads are far apart. Its tree of 2^24 characters a machine is never full here.
 */
export function createPrefixTree(): Policy {
  const pieces = new Map<string, Set<number>>();
  const treeOf = ({ spec }: NodeView): Set<number> => {
    const tree = pieces.get(spec.id) ?? new Set();
    pieces.set(spec.id, tree);
    return tree;
  };
  return {
    name: 'prefix tree, 0.5 / 32 / 1.1',
    choose({ text }, nodes) {
      const able = usable(nodes);
      const hashes = [...pieceHashes(text, treePieceChars, Number.POSITIVE_INFINITY)];
      const node = isImbalanced(able)
        ? leastBy(able, ({ inFlight }) => inFlight)
        : (matching(able, hashes, treeOf) ?? leastBy(able, (each) => treeOf(each).size));
      if (node === undefined) return undefined;
      for (const hash of hashes) treeOf(node).add(hash);
      return { node };
    },
    gone: (node) => void pieces.delete(node.spec.id),
  };
}

function isImbalanced(nodes: readonly NodeView[]): boolean {
  const loads = nodes.map(({ inFlight }) => inFlight);
  const [most, least] = [Math.max(...loads), Math.min(...loads)];
  return most - least > imbalanceAbsolute && most > least * imbalanceRelative;
}

function matching(
  nodes: readonly NodeView[],
  hashes: readonly number[],
  treeOf: (node: NodeView) => ReadonlySet<number>,
): NodeView | undefined {
  const lengths = new Map(nodes.map((node) => [node, matchLength(hashes, treeOf(node))]));
  const best = leastBy(nodes, (node) => -(lengths.get(node) ?? 0));
  const share = best === undefined ? 0 : (lengths.get(best) ?? 0) / Math.max(1, hashes.length);
  return share > matchThreshold ? best : undefined;
}

function matchLength(hashes: readonly number[], held: ReadonlySet<number>): number {
  const missing = hashes.findIndex((hash) => !held.has(hash));
  return missing < 0 ? hashes.length : missing;
}

/** 16 tokens of four characters. */
const blockChars = 64;
const maxBlocks = 256;
const blocksPerNode = 31_250;
const weights = { prefix: 3, queue: 2, memory: 2 };

/**
 * A weighted sum of how much of the prompt a machine was sent before, how short its queue is and how
 * much of its memory is free, as the Gateway API's inference extension scores (3 / 2 / 2).
 */
export function createWeightedScore(random: Random): Policy {
  const blocks = new Map<string, Map<number, true>>();
  const held = ({ spec }: NodeView): Map<number, true> => {
    const own = blocks.get(spec.id) ?? new Map<number, true>();
    blocks.set(spec.id, own);
    return own;
  };
  return {
    name: 'weighted score, 3-2-2',
    choose({ text }, nodes) {
      const able = usable(nodes);
      const hashes = [...pieceHashes(text, blockChars, maxBlocks)];
      const queues = able.map(({ node }) => node.waiting);
      const [shortest, longest] = [Math.min(...queues), Math.max(...queues)];
      const scored = able.map((node) => {
        const queue =
          longest === shortest ? 1 : (longest - node.node.waiting) / (longest - shortest);
        const prefix = matched(hashes, held(node)) / Math.max(1, hashes.length);
        const memory = Math.max(0, 1 - shareInUse(node));
        const score = weights.prefix * prefix + weights.queue * queue + weights.memory * memory;
        return { node, score };
      });
      const best = Math.max(...scored.map(({ score }) => score));
      const { node } = random.pick(scored.filter(({ score }) => score === best));
      remember(held(node), hashes);
      return { node };
    },
    gone: (node) => void blocks.delete(node.spec.id),
  };
}

function matched(hashes: readonly number[], held: ReadonlyMap<number, true>): number {
  const missing = hashes.findIndex((hash) => !held.has(hash));
  return missing < 0 ? hashes.length : missing;
}

function remember(held: Map<number, true>, hashes: readonly number[]): void {
  for (const hash of hashes) {
    held.delete(hash);
    held.set(hash, true);
  }
  for (const hash of held.keys()) {
    if (held.size <= blocksPerNode) break;
    held.delete(hash);
  }
}
