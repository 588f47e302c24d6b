import type { RequestRecord } from '../../contract/activity.ts';
import type { SettledCost } from '../activity/live-requests.ts';
import type { Prices } from './ports.ts';

interface SettlementDeps {
  readonly prices: Pick<Prices, 'costMicros'>;
  /** Books what machines of pools did for it, and answers what their owners earned. Called once each. */
  readonly credit?: (record: RequestRecord) => number;
}

/**
 * Says what a request that ended cost: by the model that really answered, the last usage that was seen,
 * and the prices of this moment. What nobody was asked for costs nothing.
 */
export function createSettlement({ prices, credit }: SettlementDeps) {
  return (record: RequestRecord): SettledCost => {
    const creditMicros = credit?.(record) ?? 0;
    return { ...costOf(record, prices), ...(creditMicros > 0 && { creditMicros }) };
  };
}

function costOf(
  { model, provider, upstream, usage, state, isCached }: RequestRecord,
  prices: Pick<Prices, 'costMicros'>,
): SettledCost {
  if (isCached || upstream === undefined) return { costMicros: 0 };
  if (usage === undefined) {
    // A provider that answered without saying how much, such as with a picture.
    const isUnknown = provider !== undefined && state === 'done';
    return isUnknown ? { isUnpriced: true } : { costMicros: 0 };
  }
  const cost = prices.costMicros({ model, provider, usage });
  return cost.isPriced ? { costMicros: cost.micros } : { isUnpriced: true };
}
