import { noCapabilities } from '../../core/model.ts';
import type { ModelCapabilities } from '../../core/model.ts';

/** A model as a server's `/v1/models` lists it. */
export interface ListedModel {
  readonly name: string;
  /** Epoch seconds, where the server says. */
  readonly createdAt: number | undefined;
  readonly ownedBy: string | undefined;
  readonly contextLength: number | undefined;
}

/** A model of an attached server, with what the server says about it. */
export interface ServedModel {
  readonly name: string;
  readonly contextLength?: number;
  /** Absent where the server does not say: then it judges each request itself. */
  readonly capabilities?: ModelCapabilities;
  /** The company that the server hands it on to: its prompts leave this machine. */
  readonly remoteHost?: string;
}

/** What a server's own words for abilities leave out is not there. */
export function capabilitiesOf(can: Partial<ModelCapabilities>): ModelCapabilities {
  return { ...noCapabilities, ...can };
}
