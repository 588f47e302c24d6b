import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FoundStore, StoreKind } from '../../../api.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { takeInPlace } from './found-stores.ts';
import { kindsOf } from './found-summary.ts';
import { StoreChoice } from './StoreChoice.tsx';

export interface ChooseStoresDialogProps {
  readonly stores: readonly FoundStore[];
  readonly onClose: () => void;
}

/** Which programs' files are used where they are, with a verdict on every file. */
export function ChooseStoresDialog({ stores, onClose }: ChooseStoresDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const kinds = kindsOf(stores);
  const [chosen, setChosen] = useState<readonly StoreKind[]>(() =>
    kindsOf(stores.filter(({ isUsed }) => isUsed)),
  );

  async function apply(): Promise<void> {
    if (await deed.run(() => takeInPlace(chosen))) onClose();
  }

  return (
    <Dialog
      size="medium"
      title={t('models.foundStores.dialogTitle')}
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            variant="primary"
            busyLabel={deed.isBusy ? t('models.looking') : undefined}
            onClick={() => void apply()}
          >
            {t('models.foundStores.apply')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <p>{t(kinds.length === 0 ? 'models.foundStores.none' : 'models.foundStores.explain')}</p>
      {kinds.map((kind) => (
        <StoreChoice
          key={kind}
          kind={kind}
          folders={stores.filter((store) => store.kind === kind)}
          isChosen={chosen.includes(kind)}
          onChange={(isChosen) => {
            setChosen((current) =>
              isChosen ? [...current, kind] : current.filter((other) => other !== kind),
            );
          }}
        />
      ))}
      {deed.error && <ErrorNote error={deed.error} title={t('models.foundStores.failed')} />}
    </Dialog>
  );
}
