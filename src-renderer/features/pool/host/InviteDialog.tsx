import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { NewInvite, Pool } from '../../../api.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { inviteInput, inviteProblem, usualInvite } from './invite-draft.ts';
import { announceInvites } from './invite-news.ts';
import { InviteFields } from './InviteFields.tsx';
import { InviteShown } from './InviteShown.tsx';
import { ReachWarning } from './ReachWarning.tsx';

export interface InviteDialogProps {
  readonly pool: Pool;
  readonly onClose: () => void;
}

/** Decides what an invite allows, then shows its link the only time that it can be seen. */
export function InviteDialog({ pool, onClose }: InviteDialogProps) {
  const { t } = useTranslation();
  const formId = useId();
  const deed = useDeed();
  const [draft, setDraft] = useState(usualInvite);
  const [made, setMade] = useState<NewInvite>();
  const problem = inviteProblem(draft);

  function make(): void {
    void deed.run(async () => {
      setMade(await api.pools.createInvite(inviteInput(draft, pool.id, Date.now())));
      announceInvites();
    });
  }

  if (made !== undefined) return <InviteShown pool={pool} made={made} onClose={onClose} />;
  return (
    <Dialog
      size="medium"
      title={t('host.invite.title', { name: pool.name })}
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            busyLabel={deed.isBusy ? t('host.invite.making') : undefined}
            disabledReason={problem && t(`host.invite.problem.${problem}`)}
          >
            {t('host.invite.make')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <ReachWarning pool={pool} onLeave={onClose} />
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === undefined && !deed.isBusy) make();
        }}
      >
        <InviteFields poolId={pool.id} draft={draft} onChange={setDraft} />
      </form>
      {deed.error && <ErrorNote error={deed.error} title={t('host.invite.failed')} />}
    </Dialog>
  );
}
