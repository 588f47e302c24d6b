import type { RequestRecord } from '../../contract/activity.ts';
import type { Clock } from '../../core/clock.ts';
import type { Alerts } from './alerts.ts';
import { ErrorRate } from './error-rate.ts';

/** What is looked at every few seconds. Every call is a read of memory. */
export interface AlertSources {
  /** Machines of the pools held here that have been online since the start. */
  readonly machines: () => readonly WatchedMachine[];
  /** Circuits that are not closed, each upstream as people call it. */
  readonly circuits: () => readonly WatchedCircuit[];
}

export interface WatchedMachine {
  readonly id: string;
  readonly name: string;
  readonly isOnline: boolean;
}

export interface WatchedCircuit {
  readonly upstream: string;
  readonly name: string;
  readonly reason: string;
}

/** A quota or budget that is nearly used up, as limits tell it. */
export interface BudgetNotice {
  readonly subject: { readonly kind: string; readonly id: string };
  readonly limit: string;
  readonly allowed: number;
  readonly used: number;
  /** Epoch milliseconds. */
  readonly resetsAt: number;
}

export interface AlertWatch {
  /** Every request that ended. */
  readonly ended: (record: RequestRecord) => void;
  /** `name`: what the key, person or model is called. */
  readonly budget: (notice: BudgetNotice, name: string) => void;
  /** The store takes nothing, in one sentence; undefined: it does again. */
  readonly store: (problem: string | undefined) => void;
  stop(): void;
}

interface AlertWatchDeps {
  readonly alerts: Pick<Alerts, 'raise' | 'end' | 'settings'>;
  readonly clock: Clock;
  readonly sources: AlertSources;
}

const lookEveryMs = 5000;

export function watchForAlerts({ alerts, clock, sources }: AlertWatchDeps): AlertWatch {
  const errors = new ErrorRate();
  const missing = createMissing(alerts, clock);
  const circuits = createCircuits(alerts);
  const budgets = new Map<string, number>();
  let stopTimer: () => void = () => {};

  const lookAtErrors = (): void => {
    const { errorShare } = alerts.settings();
    const share = errors.share(clock.monotonic());
    if (share !== undefined && share >= errorShare) {
      const percent = Math.round(share * 100).toString();
      alerts.raise(
        'error-rate',
        '',
        `${percent} % of the requests of the last five minutes failed`,
      );
    } else alerts.end('error-rate', '');
  };
  const look = (): void => {
    stopTimer = clock.after(lookEveryMs, look);
    missing(sources.machines());
    circuits(sources.circuits());
    lookAtErrors();
    for (const [subject, resetsAt] of budgets) {
      if (clock.now() < resetsAt) continue;
      budgets.delete(subject);
      alerts.end('budget', subject);
    }
  };
  stopTimer = clock.after(lookEveryMs, look);

  return {
    ended: (record) => {
      errors.add(record, clock.monotonic());
    },
    budget: (notice, name) => {
      const subject = `${notice.subject.kind}:${notice.subject.id}:${notice.limit}`;
      alerts.raise('budget', subject, budgetSentence(notice, name));
      budgets.set(subject, notice.resetsAt);
    },
    store: (problem) => {
      if (problem === undefined) alerts.end('store', '');
      else alerts.raise('store', '', `Requests are kept in the spool for now: ${problem}`);
    },
    stop: () => {
      stopTimer();
    },
  };
}

/** Tells machines that have been away for longer than they may, and their return. */
function createMissing(alerts: AlertWatchDeps['alerts'], clock: Clock) {
  /** When a machine that was online was first seen to be away; undefined while it is online. */
  const awaySince = new Map<string, number | undefined>();
  return (machines: readonly WatchedMachine[]): void => {
    const { offlineAfterSeconds } = alerts.settings();
    const present = new Set(machines.map(({ id }) => id));
    for (const id of awaySince.keys()) {
      if (present.has(id)) continue;
      awaySince.delete(id);
      alerts.end('node-offline', id); // taken out of its pool
    }
    for (const { id, name, isOnline } of machines) {
      if (isOnline) {
        awaySince.set(id, undefined);
        alerts.end('node-offline', id);
      } else if (awaySince.has(id)) {
        const since = awaySince.get(id) ?? clock.monotonic();
        awaySince.set(id, since);
        if (clock.monotonic() - since < offlineAfterSeconds * 1000) continue;
        alerts.raise('node-offline', id, `The machine ${name} is offline`);
      }
    }
  };
}

function createCircuits(alerts: AlertWatchDeps['alerts']) {
  let told = new Set<string>();
  return (circuits: readonly WatchedCircuit[]): void => {
    const open = new Set(circuits.map(({ upstream }) => upstream));
    for (const upstream of told) if (!open.has(upstream)) alerts.end('breaker', upstream);
    for (const { upstream, name, reason } of circuits) {
      alerts.raise('breaker', upstream, `${name} gets no requests for now: ${reason}`);
    }
    told = open;
  };
}

function budgetSentence({ subject, limit, allowed, used }: BudgetNotice, name: string): string {
  const percent = allowed === 0 ? '100' : Math.floor((used / allowed) * 100).toString();
  const period = limit.endsWith('Day') ? 'today' : 'this month';
  const what = limit.startsWith('spend') ? 'budget' : 'tokens';
  return `The ${subject.kind} ${name} has used ${percent} % of its ${what} for ${period}`;
}
