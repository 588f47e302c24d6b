import type {
  BatchItem,
  CustomBatchingPrioritizationStrategy,
  PrioritizedBatchItem,
} from 'node-llama-cpp';

/** How often a batch is put off while a running stream is about to queue its next token. */
const maxSpins = 32;

interface BatchComposerOptions {
  /** Streams that will queue another item without waiting for anything but microtasks. */
  readonly expectedItems: () => number;
  /** Sequence ids of the queued items, in their order; undefined when the library hides them. */
  readonly sequenceIds: () => readonly number[] | undefined;
  /** Called with each batch right before it is evaluated. */
  readonly onBatch?: (batch: ComposedBatch) => void;
}

export interface ComposedBatch {
  readonly promptTokens: number;
  readonly decodeTokens: number;
}

interface Share {
  readonly item: BatchItem;
  readonly sequenceId: number;
  amount: number;
}

/**
 * Fills the batches of a context with several sequences.
 *
 * The stock scheduler starts a batch before the stream that was sampled last could queue again (two
 * streams never share a batch), lets a long prompt take whole batches, and orders sequences by
 * arrival although llama.cpp joins only ascending ids into one micro-batch. This one
 * - waits until every running stream has queued: returning nothing makes the library ask again after
 *   a few microtasks, which is all a stream needs;
 * - takes one token of every running stream first, then shares what is left among the prompts;
 * - orders by sequence id.
 */
export function createBatchComposer(
  options: BatchComposerOptions,
): CustomBatchingPrioritizationStrategy {
  let spins = 0;
  return ({ items, size }) => {
    if (items.length < options.expectedItems() && spins < maxSpins) {
      spins += 1;
      return [];
    }
    spins = 0;
    const shares = sharesOf(items, options.sequenceIds());
    const decodes = shares.filter((share) => isDecode(share.item));
    const prompts = shares.filter((share) => !isDecode(share.item));
    const decodeTokens = takeOneEach(decodes, size);
    const promptTokens = shareAmongPrompts(prompts, size - decodeTokens);
    options.onBatch?.({ promptTokens, decodeTokens });
    return inSequenceOrder(shares);
  };
}

function sharesOf(items: readonly BatchItem[], ids: readonly number[] | undefined): Share[] {
  const known = ids?.length === items.length ? ids : undefined;
  return items.map((item, index) => ({ item, sequenceId: known?.[index] ?? index, amount: 0 }));
}

/** A running stream wants what comes after its one token; a piece of a prompt wants nothing. */
function isDecode(item: BatchItem): boolean {
  return item.tokens.length === 1 && item.logits[0] === true;
}

function takeOneEach(decodes: readonly Share[], size: number): number {
  const taken = decodes.slice(0, size);
  for (const share of taken) share.amount = 1;
  return taken.length;
}

/** Equal parts, short prompts first, so that what they leave goes to the long ones. */
function shareAmongPrompts(prompts: readonly Share[], size: number): number {
  const byUrgency = prompts.toSorted(
    (a, b) =>
      b.item.evaluationPriority - a.item.evaluationPriority ||
      a.item.tokens.length - b.item.tokens.length,
  );
  let left = size;
  byUrgency.forEach((share, index) => {
    const fair = Math.ceil(left / (byUrgency.length - index));
    share.amount = Math.min(share.item.tokens.length, fair, left);
    left -= share.amount;
  });
  return size - left;
}

function inSequenceOrder(shares: readonly Share[]): PrioritizedBatchItem[] {
  return shares
    .filter((share) => share.amount > 0)
    .toSorted((a, b) => a.sequenceId - b.sequenceId)
    .map((share) => ({ item: share.item, processAmount: share.amount }));
}
