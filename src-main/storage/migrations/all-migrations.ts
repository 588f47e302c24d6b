import { firstLight } from './0001-first-light.ts';
import { attachedServers } from './0002-attached-servers.ts';
import { pictures } from './0003-pictures.ts';
import { pools } from './0004-pools.ts';
import { machines } from './0005-machines.ts';
import { joinedPools } from './0006-memberships.ts';
import { routes } from './0007-routes.ts';
import { keysAndLimits } from './0008-keys-and-limits.ts';
import { providers } from './0009-providers.ts';
import { aliases } from './0010-aliases.ts';
import { usage } from './0011-usage.ts';
import { accounts } from './0012-accounts.ts';
import { storedResponses } from './0013-stored-responses.ts';
import type { Migration } from './migration.ts';

/** Every step in order. Append only. */
export const allMigrations: readonly Migration[] = [
  firstLight,
  attachedServers,
  pictures,
  pools,
  machines,
  joinedPools,
  routes,
  keysAndLimits,
  providers,
  aliases,
  usage,
  accounts,
  storedResponses,
];
