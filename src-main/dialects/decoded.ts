import type { CanonicalInput, Demand } from '../core/inference.ts';

/** A request body in the vocabulary of the core, and what only its answer's shape depends on. */
export interface Decoded<Input extends CanonicalInput = CanonicalInput> {
  /** As the caller spelled it: an id or an alias. */
  readonly model: string;
  readonly input: Input;
  readonly stream: boolean;
  /** The stream ends with a usage chunk. */
  readonly includeUsage: boolean;
  /** What the caller calls this conversation, so that its turns stay together. */
  readonly affinity?: string;
  /** Fields without effect, for `x-millpond-ignored`. */
  readonly ignored: readonly string[];
  /** Fields that only an upstream of the same dialect can honour; absent: none. */
  readonly demands?: readonly Demand[];
}
