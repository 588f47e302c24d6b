import { activity } from './activity.ts';
import { alerts } from './alerts.ts';
import { aliases } from './aliases.ts';
import { audit } from './audit.ts';
import { chats } from './chats.ts';
import { command } from './command.ts';
import { config } from './config.ts';
import { downloads } from './downloads.ts';
import { firstAid } from './first-aid.ts';
import { hub } from './hub.ts';
import type { Client, Handlers } from './kinds.ts';
import { memberships } from './memberships.ts';
import { models } from './models.ts';
import { people } from './people.ts';
import { pools } from './pools.ts';
import { privacy } from './privacy.ts';
import { providers } from './providers.ts';
import { server } from './server.ts';
import { servers } from './servers.ts';
import { session } from './session.ts';
import { settings } from './settings.ts';
import { sharing } from './sharing.ts';
import { system } from './system.ts';
import { updates } from './updates.ts';
import { prices, usage } from './usage.ts';

/** Everything a client may ask. Server routes, browser client, CLI client and OpenAPI come from it. */
export const contract = {
  ...{ session, system, settings, privacy, command, updates, firstAid },
  ...{ models, hub, downloads, chats },
  ...{ activity, server, servers },
  ...{ pools, memberships, sharing },
  ...{ people, audit, config },
  ...{ providers, aliases, usage, prices, alerts },
};

export type ControlContract = typeof contract;
export type ControlClient = Client<ControlContract>;

/** Who makes a control call. Both ids are empty where nobody has to be signed in. */
export interface ControlContext {
  readonly personId: string;
  readonly sessionId: string;
  /** Where the call came from, for limits on guessing. */
  readonly peer: {
    readonly address: string;
    readonly isThisMachine: boolean;
    /** Whom a reverse proxy in front has signed in. */
    readonly proxyUser?: string;
  };
}
export type ControlHandlers = Handlers<ControlContract, ControlContext>;
