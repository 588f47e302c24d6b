import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { PeopleAnnouncer } from './people-news.ts';
import type { PeopleState } from './people-state.ts';
import type { PeopleStore } from './ports.ts';
import type { Turns } from './turns.ts';

/** What every part of this folder works on. */
export interface PeopleParts {
  readonly state: PeopleState;
  readonly store: PeopleStore;
  /** Whoever changes a person waits for their turn: each writes the whole row. */
  readonly turns: Turns;
  readonly news: PeopleAnnouncer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ownerId: string;
  /** As the owner calls this gateway. */
  readonly gatewayName: () => string;
}

/** What ends with a membership besides its devices. */
export interface Access {
  /** API keys of the person that are bound to the pool; of everybody if no person is named. */
  revokeKeys(of: { readonly poolId: string; readonly personId?: string }): Promise<void>;
  /** Every API key of the person. */
  endKeysOf(personId: string): Promise<void>;
  /** Everywhere that the person is signed in, but for the session that is kept. */
  closeSessions(personId: string, keptSessionId?: string): Promise<void>;
}
