import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { NewInvite, NewInvites, Pool } from '../../../api.ts';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { inviteInput, inviteProblem, usualInvite } from './invite-draft.ts';
import { announceInvites } from './invite-news.ts';
import { InviteFields } from './InviteFields.tsx';
import { InviteListFields } from './InviteListFields.tsx';
import { InviteListShown } from './InviteListShown.tsx';
import { InviteShown } from './InviteShown.tsx';
import { ReachWarning } from './ReachWarning.tsx';

export interface InviteDialogProps {
  readonly pool: Pool;
  readonly onClose: () => void;
}

/** Decides what an invite or a list of them allows, then shows the links the only time that they can be seen. */
export function InviteDialog({ pool, onClose }: InviteDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [draft, setDraft] = useState(usualInvite);
  /** Undefined while it is one invite. */
  const [csv, setCsv] = useState<string>();
  const [made, setMade] = useState<NewInvite>();
  const [listed, setListed] = useState<NewInvites>();
  const isList = csv !== undefined;
  const problem = inviteProblem(draft, csv);

  function make(): void {
    void deed.run(async () => {
      const input = inviteInput(draft, pool.id, Date.now());
      if (csv === undefined) setMade(await api.pools.createInvite(input));
      else setListed(await api.pools.createInvites({ ...input, csv }));
      announceInvites();
    });
  }

  if (made !== undefined) return <InviteShown pool={pool} made={made} onClose={onClose} />;
  if (listed !== undefined && listed.made.length > 0) {
    return <InviteListShown pool={pool} made={listed.made} onClose={onClose} />;
  }
  return (
    <FormDialog
      size="medium"
      title={t('host.invite.title', { name: pool.name })}
      deed={deed}
      submitLabel={t(isList ? 'host.invite.list.make' : 'host.invite.make')}
      busyLabel={t(isList ? 'host.invite.list.making' : 'host.invite.making')}
      problem={problem && t(`host.invite.problem.${problem}`)}
      failedTitle={t(isList ? 'host.invite.list.refused' : 'host.invite.failed')}
      onSubmit={make}
      before={<ReachWarning pool={pool} onLeave={onClose} />}
      onClose={onClose}
    >
      <InviteListFields
        csv={csv}
        problems={listed?.problems ?? []}
        onChange={(next) => {
          setCsv(next);
          setListed(undefined);
        }}
      />
      <InviteFields poolId={pool.id} draft={draft} onChange={setDraft} />
    </FormDialog>
  );
}
