import { CircleStop, Pause, Play } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { SharingStatus } from '../../../api.ts';
import { showAnswer } from '../../../state/sharing.ts';
import { useShortcut } from '../../../state/shortcuts.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { SegmentedControl } from '../../../ui/SegmentedControl.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { pauseSpans, pauseUntil } from './pause-until.ts';
import styles from './SharingHead.module.css';

type Wish = SharingStatus['wish'];

export interface SharingDeedsProps {
  /** What the owner pressed last. */
  readonly wish: Wish;
}

const wishes = [
  { value: 'share', icon: Play, keys: 's' },
  { value: 'finish', icon: CircleStop, keys: 'f' },
  { value: 'pause', icon: Pause, keys: 'p' },
] as const;

/** Share, Finish or Pause, and how long a pause lasts. */
export function SharingDeeds({ wish }: SharingDeedsProps) {
  const { t } = useTranslation();
  const deed = useDeed();

  function press(next: Wish, until?: number): void {
    const order = { wish: next, ...(until !== undefined && { until }) };
    void deed.run(() => showAnswer(api.sharing.wish(order)));
  }

  return (
    <>
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
    </>
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
