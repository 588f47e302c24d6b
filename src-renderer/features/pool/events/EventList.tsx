import {
  ArrowLeftRight,
  CirclePause,
  CirclePlay,
  CircleStop,
  DoorOpen,
  FlaskConical,
  OctagonX,
  Plug,
  TriangleAlert,
  Unplug,
  UserMinus,
  UserPlus,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PoolEvent } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useMe } from '../../../state/me.ts';
import { Button } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/Icon.tsx';
import { Link } from '../../../ui/Link.tsx';
import { useNow } from '../../../ui/use-now.ts';
import styles from './EventList.module.css';
import { useEventWords } from './event-words.ts';

export interface EventListProps {
  readonly poolId: string;
  /** Newest first. */
  readonly events: readonly PoolEvent[];
  /** The name of the gateway's own machine, whose rules can be opened from here. */
  readonly thisMachine: string | undefined;
}

const icons: Readonly<Record<PoolEvent['kind'], LucideIcon>> = {
  'machine-joined': Plug,
  'machine-online': Plug,
  'machine-offline': Unplug,
  'machine-lost': Unplug,
  'machine-paused': CirclePause,
  'machine-finishing': CircleStop,
  'machine-resumed': CirclePlay,
  'machine-revoked': OctagonX,
  'machine-quarantined': FlaskConical,
  'answer-moved': ArrowLeftRight,
  'answer-lost': OctagonX,
  'member-joined': UserPlus,
  'member-removed': UserMinus,
  'invite-used': DoorOpen,
  knock: DoorOpen,
  'knock-declined': DoorOpen,
  'error-reported': TriangleAlert,
};

const shownFirst = 8;

/** A line for each event: when, what, and where to look closer. */
export function EventList({ poolId, events, thisMachine }: EventListProps) {
  const { t } = useTranslation();
  const [isWhole, setIsWhole] = useState(false);
  if (events.length === 0) return <p className={styles['none']}>{t('overview.noEvents')}</p>;
  const shown = isWhole ? events : events.slice(0, shownFirst);
  return (
    <>
      <ol className={styles['list']}>
        {shown.map((event) => (
          <EventLine
            key={event.id}
            event={event}
            poolId={poolId}
            isAboutThisMachine={event.machine !== undefined && event.machine === thisMachine}
          />
        ))}
      </ol>
      {shown.length < events.length && (
        <div>
          <Button
            variant="quiet"
            size="row"
            onClick={() => {
              setIsWhole(true);
            }}
          >
            {t('overview.moreEvents', { count: events.length - shown.length })}
          </Button>
        </div>
      )}
    </>
  );
}

interface EventLineProps {
  readonly event: PoolEvent;
  readonly poolId: string;
  readonly isAboutThisMachine: boolean;
}

function EventLine({ event, poolId, isAboutThisMachine }: EventLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useEventWords();
  const now = useNow(60_000);
  const isOwner = useMe(({ me }) => me?.role === 'owner');
  const isToday = new Date(event.at).toDateString() === new Date(now).toDateString();
  return (
    <li className={styles['line']} data-kind={event.kind}>
      <time dateTime={new Date(event.at).toISOString()}>
        {isToday ? format.timeWithSeconds(event.at) : format.moment(event.at, now)}
      </time>
      <Icon of={icons[event.kind]} />
      <span className={styles['words']}>{words(event)}</span>
      {isOwner && event.requestId !== undefined && (
        <Link to={{ page: 'activity', requestId: event.requestId }} className={styles['link']}>
          {t('overview.trace')}
        </Link>
      )}
      {isOwner && event.kind === 'machine-paused' && isAboutThisMachine && (
        <Link to={{ page: 'pool', place: poolId, tab: 'machine' }} className={styles['link']}>
          {t('overview.rules')}
        </Link>
      )}
    </li>
  );
}
