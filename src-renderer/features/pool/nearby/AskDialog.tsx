import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { NearbyPool } from '../../../api.ts';
import { refreshMemberships } from '../../../state/memberships.ts';
import { FormDialog } from '../../../ui/FormDialog.tsx';
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
    <FormDialog
      title={t('pool.nearby.askTitle', { name: pool.poolName })}
      deed={deed}
      submitLabel={t('pool.nearby.ask')}
      busyLabel={t('pool.nearby.asking')}
      failedTitle={t('pool.nearby.askFailed', { name: pool.poolName })}
      onSubmit={() => void ask()}
      before={<p>{t('pool.nearby.askText', { owner: pool.ownerName })}</p>}
      onClose={onClose}
    >
      <NameFields names={names} onChange={setNames} />
    </FormDialog>
  );
}
