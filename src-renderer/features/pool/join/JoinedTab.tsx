import type { JoinedPlace } from '../places.ts';
import { JoinedFacts } from './JoinedFacts.tsx';
import { JoinedModels } from './JoinedModels.tsx';
import styles from './JoinedTab.module.css';
import { LinkState } from './LinkState.tsx';
import { MembershipSharing } from './MembershipSharing.tsx';
import { WholePool } from './WholePool.tsx';

export interface JoinedTabProps {
  readonly place: JoinedPlace;
}

/** A joined pool: one address for its models, how the link stands, what it offers, who reads along. */
export function JoinedTab({ place }: JoinedTabProps) {
  const { membership } = place;
  const isOver = membership.link.phase === 'closed';
  return (
    <div className={styles['tab']}>
      {membership.mayAsk && !isOver && <WholePool membership={membership} />}
      <LinkState membership={membership} />
      {membership.mayServe && !isOver && <MembershipSharing membership={membership} />}
      {membership.mayAsk && !isOver && <JoinedModels membership={membership} />}
      <JoinedFacts membership={membership} />
    </div>
  );
}
