import type { InferenceBackend } from '../../core/inference.ts';
import type { AdvertisedModel, NodeTrust } from '../../core/node.ts';

/** One model on one connected machine, as canaries are sent to it. */
export interface CanaryTarget {
  /** The membership: ids sort by when it was made. */
  readonly machineId: string;
  readonly machine: string;
  readonly person: string;
  readonly poolId: string;
  readonly trust: NodeTrust;
  readonly model: AdvertisedModel;
  /** Loaded, with a slot to spare, nobody waiting and its owner away: a canary is in nobody's way. */
  readonly isIdle: boolean;
  /** Asks the machine itself: nothing of it is counted anywhere. */
  readonly backend: InferenceBackend;
}

export interface CanaryFleet {
  /** What takes part now; quarantined models do not. */
  targets(): readonly CanaryTarget[];
}
