import { HardDrive, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FoundStore } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { showToast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Icon } from '../../../ui/Icon.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { storeNames } from '../store-names.ts';
import { takeInPlace } from './found-stores.ts';
import { findsKey, summarise } from './found-summary.ts';
import type { FoundSummary } from './found-summary.ts';
import { readHiddenFinds, saveHiddenFinds } from './hidden-finds.ts';
import styles from './FoundBanner.module.css';

export interface FoundBannerProps {
  readonly stores: readonly FoundStore[];
  readonly onChoose: () => void;
}

/** What other programs keep on this disk already, offered without copying anything. */
export function FoundBanner({ stores, onChoose }: FoundBannerProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const summary = summarise(stores);
  const [hidden, setHidden] = useState(readHiddenFinds);
  const key = findsKey(summary);
  const { kinds, usedKinds, count } = summary;
  if (key === '' || hidden === key) return null;

  async function takeAll(): Promise<void> {
    const isDone = await deed.run(() => takeInPlace([...usedKinds, ...kinds]));
    if (isDone) showToast(t('models.foundStores.taken', { count }));
  }

  return (
    <section aria-label={t('models.foundStores.region')} className={styles['banner']}>
      <Icon of={HardDrive} className={styles['icon']} />
      <p className={styles['text']}>
        <Finding summary={summary} />
      </p>
      <span className={styles['actions']}>
        {count > 0 && (
          <Button
            busyLabel={deed.isBusy ? t('models.looking') : undefined}
            onClick={() => void takeAll()}
          >
            {t('models.foundStores.useInPlace')}
          </Button>
        )}
        <Button variant="quiet" onClick={onChoose}>
          {t(count > 0 ? 'models.foundStores.choose' : 'models.foundStores.seeWhy')}
        </Button>
        <IconButton
          icon={X}
          label={t('models.foundStores.hide')}
          onClick={() => {
            saveHiddenFinds(key);
            setHidden(key);
          }}
        />
      </span>
      {deed.error && (
        <ErrorNote
          error={deed.error}
          title={t('models.foundStores.failed')}
          className={styles['error'] ?? ''}
        />
      )}
    </section>
  );
}

function Finding({ summary }: { readonly summary: FoundSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { count, sizeBytes, kinds, uselessKinds } = summary;
  const names = storeNames(count > 0 ? kinds : uselessKinds, format.locale);
  if (count === 0) return <b>{t('models.foundStores.useless', { names })}</b>;
  return (
    <>
      <b>{t('models.foundStores.title', { count, size: format.bytes(sizeBytes), names })}</b>{' '}
      {t('models.foundStores.nothingCopied', { count })}
    </>
  );
}
