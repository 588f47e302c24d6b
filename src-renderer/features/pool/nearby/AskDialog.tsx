import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { NearbyPool } from '../../../api.ts';
import { refreshMemberships } from '../../../state/memberships.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { NameFields } from '../join/NameFields.tsx';
import { useNames } from '../join/use-names.ts';

export interface AskDialogProps {
  readonly pool: NearbyPool;
  readonly onClose: () => void;
}

/** Two names, and then the pool's owner is asked. */
export function AskDialog({ pool, onClose }: AskDialogProps) {
  const { t } = useTranslation();
  const formId = useId();
  const deed = useDeed();
  const [names, setNames] = useNames();

  async function ask(): Promise<void> {
    const isAsked = await deed.run(async () => {
      const { person, device } = names;
      await api.memberships.ask({
        nearbyId: pool.id,
        ...{ personName: person.trim(), deviceName: device.trim() },
      });
      await refreshMemberships();
    });
    if (isAsked) onClose();
  }

  return (
    <Dialog
      title={t('pool.nearby.askTitle', { name: pool.poolName })}
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            busyLabel={deed.isBusy ? t('pool.nearby.asking') : undefined}
          >
            {t('pool.nearby.ask')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <p>{t('pool.nearby.askText', { owner: pool.ownerName })}</p>
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault();
          if (!deed.isBusy) void ask();
        }}
      >
        <NameFields names={names} onChange={setNames} />
      </form>
      {deed.error && (
        <ErrorNote error={deed.error} title={t('pool.nearby.askFailed', { name: pool.poolName })} />
      )}
    </Dialog>
  );
}
