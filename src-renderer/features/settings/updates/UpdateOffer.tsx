import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { UpdateStatus } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { setUpdates } from '../../../state/updates.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Markdown } from '../../../ui/markdown/Markdown.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import styles from './Updates.module.css';

export interface UpdateOfferProps {
  readonly available: NonNullable<UpdateStatus['available']>;
}

/** What is new in the versions that one did not have yet, and the way to them. */
export function UpdateOffer({ available }: UpdateOfferProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const deed = useDeed();
  const { version, sizeBytes, news, isPutOff } = available;
  return (
    <section aria-label={t('updates.whatsNew')} className={styles['offer']}>
      <div className={styles['head']}>
        <h3>{t('updates.isThere', { version })}</h3>
        <p className={styles['quiet']}>
          {t('updates.offerText', { size: format.bytes(sizeBytes) })}
        </p>
      </div>
      <div className={styles['actions']}>
        <Button
          variant="primary"
          busyLabel={deed.isBusy ? t('updates.starting') : undefined}
          onClick={() =>
            void deed.run(async () => {
              setUpdates(await api.updates.apply({ version }));
            })
          }
        >
          {t('updates.update')}
        </Button>
        {!isPutOff && (
          <Button
            variant="quiet"
            onClick={() =>
              void deed.run(async () => {
                setUpdates(await api.updates.putOff({ version }));
              })
            }
          >
            {t('updates.later')}
          </Button>
        )}
      </div>
      {deed.error && <ErrorNote error={deed.error} />}
      {news.map(({ version: one, date, notes }) => (
        <article key={one} aria-label={one} className={styles['news']}>
          <h4>
            {one} <span className={styles['quiet']}>{date}</span>
          </h4>
          {/* A page's text: no pictures are fetched, and HTML in it is left out. */}
          <div className={styles['notes']}>
            <Markdown text={notes} page="https://millpond.invalid/" />
          </div>
        </article>
      ))}
    </section>
  );
}
