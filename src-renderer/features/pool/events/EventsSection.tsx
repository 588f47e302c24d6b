import { useTranslation } from 'react-i18next';
import type { PoolOverview } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { PageSection } from '../../../ui/Page.tsx';
import { EventList } from './EventList.tsx';

export interface EventsSectionProps {
  readonly poolId: string;
  readonly overview: PoolOverview;
}

/** What just happened to the pool, newest first, in sentences. */
export function EventsSection({ poolId, overview }: EventsSectionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const here = overview.machines.find(({ isThisMachine }) => isThisMachine)?.name;
  return (
    <PageSection
      title={t('overview.justNow')}
      {...(overview.events.length > 0 && {
        aside: t('overview.eventCount', {
          count: overview.events.length,
          shown: format.count(overview.events.length),
        }),
      })}
    >
      <EventList poolId={poolId} events={overview.events} thisMachine={here} />
    </PageSection>
  );
}
