import { createBackoff } from '../../src-main/core/async/backoff.ts';
import {
  announceResync,
  api,
  bearerStore,
  deliverEvent,
  onSignedOut,
  parseLiveMessage,
} from '../api.ts';
import { belowBase, gatewayUrl } from '../base-path.ts';
import { dialLive, openLive } from '../live.ts';
import { navigate } from '../router.ts';
import { loginCodeOf } from '../session.ts';
import { followActivity } from './activity.ts';
import { followAlerts } from './alerts.ts';
import { reconnect, setConnection, useConnection } from './connection.ts';
import { followDownloads } from './downloads.ts';
import { followHeldPools } from './held-pools.ts';
import { followHub } from './hub.ts';
import { followMachine } from './machine.ts';
import { followMe } from './me.ts';
import { followMemberships } from './memberships.ts';
import { followModels } from './models.ts';
import { inviteLinkOf, openInvite } from './opened-invite.ts';
import { followPools } from './pools.ts';
import { followServer } from './server.ts';
import { followSettings } from './settings.ts';
import { followSharing } from './sharing.ts';
import { followUpdates } from './updates.ts';

/** Signs in if the address carries a login code, then keeps every store true to the runtime. */
export async function start(): Promise<void> {
  followModels();
  followDownloads();
  followHub();
  followSettings();
  followMachine();
  followServer();
  followActivity();
  followAlerts();
  followMe();
  followHeldPools();
  followPools();
  followMemberships();
  followSharing();
  followUpdates();
  takeInvite();
  if (!(await signIn())) return;
  connect();
}

/** Shows the confirmation of an invite that an address carries; its secret must not stay there. */
function takeInvite(): void {
  const link = inviteLinkOf(belowBase(location.pathname), location.hash);
  if (link === undefined) return;
  openInvite(link);
  navigate({ page: 'pool', place: 'new' }, { replace: true });
}

/** Leaves a bearer in the store, or says on screen why there is none. */
async function signIn(): Promise<boolean> {
  const code = loginCodeOf(location.hash);
  if (code !== undefined) {
    // Out of the address before anything else: a code must not stay in the history.
    history.replaceState(null, '', location.pathname + location.search);
    try {
      bearerStore.save((await api.session.open({ code })).token);
    } catch {
      // A used or late code is no harm while an earlier session is still good.
      if (bearerStore.read() === undefined) {
        setConnection({ phase: 'signed-out', reason: 'code-refused' });
        return false;
      }
    }
  }
  if (bearerStore.read() !== undefined) return true;
  setConnection({ phase: 'signed-out', reason: 'no-session' });
  return false;
}

function connect(): void {
  const live = openLive({
    createSocket: () => dialLive(gatewayUrl(location)),
    bearer: bearerStore.read,
    parse: parseLiveMessage,
    backoff: createBackoff({ initialMs: 500, maxMs: 10_000, random: Math.random }),
    later(task, delayMs) {
      const timer = setTimeout(task, delayMs);
      return () => {
        clearTimeout(timer);
      };
    },
    onEvent: deliverEvent,
    onResync: announceResync,
    onOnline() {
      setConnection({ phase: 'online' });
    },
    onOffline() {
      const { phase } = useConnection.getState();
      if (phase !== 'offline' && phase !== 'signed-out') {
        setConnection({ phase: 'offline', since: Date.now() });
      }
      // Tells a runtime that is gone from one that no longer knows this session (401 signs out).
      void api.system.status({}).catch(() => undefined);
    },
  });
  reconnect.now = live.retryNow;
  addEventListener('online', live.retryNow);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) live.retryNow();
  });
  onSignedOut(() => {
    live.close();
    setConnection({ phase: 'signed-out', reason: 'expired' });
  });
}
