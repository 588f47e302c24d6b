import { memberships } from '../../contract/memberships.ts';
import { pools } from '../../contract/pools.ts';
import { sharing } from '../../contract/sharing.ts';
import type { Gateway } from '../build-gateway.ts';
import { viewOfSharing } from '../control/sharing-handlers.ts';
import type { BuiltPoolSide } from './build-pool-side.ts';

interface PoolNewsDeps {
  readonly gateway: Gateway;
  readonly pools: BuiltPoolSide;
}

/** Tells every open tab what happens in pools. Figures that cost something are only made while one is open. */
export function announcePools({ gateway, pools: side }: PoolNewsDeps): () => void {
  const { node } = side;
  const { people, nodes, door, live, publish } = gateway;
  const changed = (): void => {
    publish(pools.onChanged.topic, {});
  };
  let stopLooking: (() => void) | undefined;
  const ends = [
    people.onChanged(changed),
    people.news.onKnocks(changed),
    people.news.onEvent((poolId, event) => {
      // The first connection says the same.
      if (event.kind !== 'machine-joined') nodes.happened({ ...event, poolId });
    }),
    door.onChanged(changed),
    side.onReachChanged(changed),
    node.memberships.onChanged(() => {
      publish(memberships.onChanged.topic, {});
    }),
    node.sharing.onChanged(() => {
      if (stopLooking !== undefined) {
        publish(sharing.onChanged.topic, viewOfSharing(node.sharing.status()));
      }
    }),
    live.onWatched((isWatched) => {
      stopLooking?.();
      stopLooking = isWatched
        ? nodes.onOverview((overview) => {
            publish(pools.onOverview.topic, overview);
          })
        : undefined;
    }),
  ];
  return () => {
    for (const end of ends) end();
    stopLooking?.();
  };
}
