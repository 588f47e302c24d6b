import type { InferCall } from '../../gateway/inference-gateway.ts';
import type { People } from '../../gateway/people/create-people.ts';
import type { UpstreamDirectory } from '../../gateway/ports.ts';

/** What a relaying gateway needs of itself; known once it is built. */
export interface RelayedGateway {
  /** Machines of the pools held here. */
  readonly directory: UpstreamDirectory;
  readonly infer: InferCall;
  readonly people: Pick<People, 'pools' | 'ownerId'>;
}
