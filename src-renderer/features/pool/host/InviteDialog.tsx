import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { NewInvite, Pool } from '../../../api.ts';
import { FormDialog } from '../../../ui/FormDialog.tsx';
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
    <FormDialog
      size="medium"
      title={t('host.invite.title', { name: pool.name })}
      deed={deed}
      submitLabel={t('host.invite.make')}
      busyLabel={t('host.invite.making')}
      problem={problem && t(`host.invite.problem.${problem}`)}
      failedTitle={t('host.invite.failed')}
      onSubmit={make}
      before={<ReachWarning pool={pool} onLeave={onClose} />}
      onClose={onClose}
    >
      <InviteFields poolId={pool.id} draft={draft} onChange={setDraft} />
    </FormDialog>
  );
}
