import type { Job } from './job.ts';
import type { NodeSpec } from './fleet.ts';
import type { HeldPrompt, RunFigures, SimNode } from './sim-node.ts';

/** A machine as a gateway sees it. */
export interface NodeView {
  readonly spec: NodeSpec;
  readonly node: SimNode;
  /** What the gateway sent there that has not ended. */
  readonly inFlight: number;
}

export interface Choice {
  readonly node: NodeView;
  readonly slot?: number;
}

export interface Moment {
  readonly at: number;
  /** Where the request stands in the gateway's line; 0 is the head. */
  readonly position: number;
}

/** One way of choosing machines. */
export interface Policy {
  readonly name: string;
  /** The machine that gets it now; undefined leaves it in the gateway's line until something changes. */
  choose(job: Job, nodes: readonly NodeView[], moment: Moment): Choice | undefined;
  sent?(job: Job, choice: Choice, at: number): void;
  firstToken?(job: Job, at: number): void;
  /** `figures` are absent when the machine was lost. */
  ended?(job: Job, figures: RunFigures | undefined, at: number): void;
  /** What the machine's slots hold after an answer, when the gateway hears of it. */
  reported?(node: NodeView, contents: readonly HeldPrompt[], at: number): void;
  gone?(node: NodeView): void;
}

/**
 * What a policy that knows nothing of loading may choose from: machines with the model in memory, and
 * the others too once all of those are full. Sending to a cold machine wakes it.
 */
export function usable(nodes: readonly NodeView[]): readonly NodeView[] {
  const ready = nodes.filter(({ node }) => node.isLoaded);
  const isFull = ready.every(({ inFlight, spec }) => inFlight >= spec.slots);
  return isFull ? nodes : ready;
}
