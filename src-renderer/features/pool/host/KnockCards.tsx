import { usePools } from '../../../state/pools.ts';
import { useMe } from '../../../state/me.ts';
import type { Pool } from '../../../api.ts';
import { KnockCard } from './KnockCard.tsx';

export interface KnockCardsProps {
  /** Where somebody who is let in lands. */
  readonly pool: Pool;
}

/** Everybody who asks to join and waits for an answer. */
export function KnockCards({ pool }: KnockCardsProps) {
  const knocks = usePools((state) => state.knocks);
  const mayAnswer = useMe(({ me }) => me?.role === 'owner');
  if (!mayAnswer) return null;
  return knocks.map((knock) => <KnockCard key={knock.id} knock={knock} pool={pool} />);
}
