import type { RunningWork } from '../../updates/ports.ts';
import type { Gateway } from '../build-gateway.ts';
import type { BuiltPoolSide } from '../pool/build-pool-side.ts';

/** Answers for people here, and for pools that this machine works for. */
export function runningWork(
  gateway: Pick<Gateway, 'runningRequests'>,
  { node: { sharing, memberships } }: Pick<BuiltPoolSide, 'node'>,
): RunningWork {
  return {
    count: () => gateway.runningRequests() + sharing.runs.count,
    async finishShared() {
      const { wish, wishUntil } = sharing.status();
      if (!memberships.isServing() || wish !== 'share') return () => Promise.resolve();
      await sharing.wish('finish');
      return () => sharing.wish(wish, wishUntil);
    },
  };
}
