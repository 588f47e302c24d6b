import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Member } from '../../../api.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { ModelChoice } from '../ModelChoice.tsx';
import { useOverview } from '../overview/use-overview.ts';

export interface MemberModelsDialogProps {
  readonly poolId: string;
  readonly member: Member;
  readonly onChanged: (member: Member) => void;
  readonly onClose: () => void;
}

/** Which models a member may ask. Others do not exist for them. */
export function MemberModelsDialog(props: MemberModelsDialogProps) {
  const { poolId, member, onChanged, onClose } = props;
  const { t } = useTranslation();
  const deed = useDeed();
  const [models, setModels] = useState<readonly string[] | undefined>(member.models);
  const { overview } = useOverview(poolId);
  const offered = overview?.models.map(({ id, name }) => ({ id, name })) ?? [];
  // A model that no machine offers now stays chosen.
  const gone = (models ?? [])
    .filter((id) => offered.every((model) => model.id !== id))
    .map((id) => ({ id, name: id }));

  async function keep(): Promise<void> {
    const isDone = await deed.run(async () => {
      const change = { id: poolId, personId: member.personId, models: [...(models ?? [])] };
      onChanged(await api.pools.updateMember(change));
    });
    if (isDone) onClose();
  }

  return (
    <Dialog
      title={t('members.modelsTitle', { name: member.name })}
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            variant="primary"
            busyLabel={deed.isBusy ? t('members.saving') : undefined}
            disabledReason={models?.length === 0 ? t('host.invite.problem.models') : undefined}
            onClick={() => void keep()}
          >
            {t('common.save')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <ModelChoice
        label={t('members.modelsTitle', { name: member.name })}
        isHeadingHidden
        allLabel={t('host.invite.allModels')}
        choices={[...offered, ...gone]}
        models={models}
        onChange={setModels}
      />
      {deed.error && <ErrorNote error={deed.error} />}
    </Dialog>
  );
}
