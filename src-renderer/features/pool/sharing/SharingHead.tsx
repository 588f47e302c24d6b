import { CircleStop, Pause, Play } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { SharingStatus } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useSharing } from '../../../state/sharing.ts';
import { useShortcut } from '../../../state/shortcuts.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { SegmentedControl } from '../../../ui/SegmentedControl.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { useNow } from '../../../ui/use-now.ts';
import { pauseSpans, pauseUntil } from './pause-until.ts';
import { sharingHead } from './sharing-words.ts';
import { sharingTones } from './sharing-tones.ts';
import styles from './SharingHead.module.css';

export interface SharingHeadProps {
  readonly sharing: SharingStatus;
}

type Wish = SharingStatus['wish'];

const wishes = [
  { value: 'share', icon: Play, keys: 's' },
  { value: 'finish', icon: CircleStop, keys: 'f' },
  { value: 'pause', icon: Pause, keys: 'p' },
] as const;

/** Share, finish or pause; and why things are as they are, as the page's largest sentence. */
export function SharingHead({ sharing }: SharingHeadProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  const deed = useDeed();
  const { state, wish } = sharing;
  const { title, detail } = sharingHead(sharing, format, now);

  function press(next: Wish, until?: number): void {
    void deed.run(async () => {
      const status = await api.sharing.wish({ wish: next, ...(until !== undefined && { until }) });
      useSharing.setState({ sharing: status });
    });
  }

  return (
    <section aria-label={t('sharing.region')} className={styles['card']}>
      <div className={styles['text']}>
        <p className={styles['state']}>
          <StateBadge tone={sharingTones[state.phase]} isBoxed>
            {t(`sharing.phase.${state.phase}`)}
          </StateBadge>
          <span>
            {t(`sharing.since.${state.cause ?? 'plain'}`, {
              time: format.moment(state.since, now),
            })}
          </span>
        </p>
        <div role="status">
          <h2 className={styles['reason']}>{t(title.key, title.values)}</h2>
          <p className={styles['detail']}>{t(detail.key, detail.values)}</p>
        </div>
      </div>
      <div className={styles['deeds']}>
        <div className={styles['wish']}>
          <SegmentedControl
            label={t('sharing.wish.label')}
            value={wish}
            options={wishes.map(({ value, icon }) => ({
              ...{ value, icon },
              label: t(`sharing.wish.${value}`),
            }))}
            onChange={press}
          />
        </div>
        <p className={styles['spans']}>
          <span>{t('sharing.pauseFor')}</span>
          {pauseSpans.map((span) => (
            <Button
              key={span}
              size="row"
              variant="quiet"
              onClick={() => {
                press('pause', pauseUntil(span, Date.now()));
              }}
            >
              {t(`sharing.span.${span}`)}
            </Button>
          ))}
        </p>
      </div>
      {deed.error && <ErrorNote error={deed.error} className={styles['error'] ?? ''} />}
      {wishes.map(({ value, keys }) => (
        <WishKey key={value} {...{ value, keys }} onPress={press} />
      ))}
    </section>
  );
}

interface WishKeyProps {
  readonly value: Wish;
  readonly keys: string;
  readonly onPress: (wish: Wish) => void;
}

function WishKey({ value, keys, onPress }: WishKeyProps) {
  useShortcut({
    keys,
    labelKey: `sharing.wish.${value}`,
    run: () => {
      onPress(value);
    },
  });
  return null;
}
