import type { NodeLoad } from '../../core/node.ts';
import type { UpstreamOffer } from '../ports.ts';

/** Its owner's next message would make remote work wait or move. */
const ownerActiveMs = 1500;
/** A card this hot, in degrees Celsius, slows itself down. */
const hotFrom = 85;
const hotMs = 500;

const none: UpstreamOffer['penalties'] = [];

/** What speaks against a machine beyond its figures, in milliseconds of expected time. */
export function offerPenalties(load: NodeLoad | undefined): UpstreamOffer['penalties'] {
  if (load === undefined) return none;
  const isHot = (load.temperature ?? 0) >= hotFrom;
  if (!load.isOwnerActive && !isHot) return none;
  return [
    ...(load.isOwnerActive ? [{ reason: 'its owner is using it', ms: ownerActiveMs }] : []),
    ...(isHot ? [{ reason: 'its graphics card is hot', ms: hotMs }] : []),
  ];
}
