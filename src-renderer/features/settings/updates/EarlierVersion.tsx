import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { UpdateStatus } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { setUpdates } from '../../../state/updates.ts';
import { Button } from '../../../ui/Button.tsx';
import { LossDialog } from '../../../ui/LossDialog.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { SettingRow } from '../SettingRow.tsx';

export interface EarlierVersionProps {
  readonly earlier: NonNullable<UpdateStatus['earlier']>;
}

/** The way back to the version and the data from before; says before what becomes of everything since. */
export function EarlierVersion({ earlier }: EarlierVersionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const [isAsking, setIsAsking] = useState(false);
  const { version, replacedAt } = earlier;
  const close = () => {
    setIsAsking(false);
  };
  return (
    <SettingRow
      name={t('updates.earlier', { version })}
      effect={t('updates.earlierEffect', { time: format.until(replacedAt, now) })}
    >
      {(control) => (
        <>
          <Button
            {...control}
            aria-label={t('updates.back')}
            onClick={() => {
              setIsAsking(true);
            }}
          >
            {t('updates.back')}
          </Button>
          {isAsking && (
            <LossDialog
              title={t('updates.backTitle', { version })}
              keepLabel={t('updates.stay')}
              deedLabel={t('updates.back')}
              busyLabel={t('updates.starting')}
              onDeed={async () => {
                setUpdates(await api.updates.back({}));
                close();
              }}
              onClose={close}
            >
              <p>{t('updates.backText', { time: format.until(replacedAt, now) })}</p>
            </LossDialog>
          )}
        </>
      )}
    </SettingRow>
  );
}
