import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { InvitePreview } from '../../../api.ts';
import { navigate } from '../../../router.ts';
import { refreshMemberships, showMembership } from '../../../state/memberships.ts';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { Note } from '../../../ui/Note.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { InviteFacts } from './InviteFacts.tsx';
import { JoinFields } from './JoinFields.tsx';
import { RefusalNote } from './RefusalNote.tsx';
import { canTryAgain, refusalOfError } from './refusals.ts';
import { useNames } from './use-names.ts';

export interface JoinFormProps {
  readonly link: string;
  readonly preview: InvitePreview;
  readonly onClose: () => void;
}

/** The confirmation: who invites, how that gateway is known, what may be done, and who reads along. */
export function JoinForm({ link, preview, onClose }: JoinFormProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [names, setNames] = useNames();
  const [share, setShare] = useState(true);
  const mayServe = preview.rights !== 'ask';
  const isNamed = names.person.trim() !== '';
  const refusal = deed.error && refusalOfError(deed.error, navigator.onLine);
  const isHopeless = deed.error !== undefined && !canTryAgain(refusal);

  async function join(): Promise<void> {
    await deed.run(async () => {
      const { person, device } = names;
      const membership = await api.memberships.join({
        ...{ link, personName: person.trim(), deviceName: device.trim() },
        share: mayServe && share,
      });
      showMembership(membership);
      void refreshMemberships();
      onClose();
      navigate({ page: 'pool', place: membership.id, tab: 'pool' });
    });
  }

  return (
    <FormDialog
      size="medium"
      title={t('join.title', { name: preview.poolName })}
      deed={deed}
      submitLabel={t(deed.error === undefined ? 'pool.join.join' : 'common.tryAgain')}
      busyLabel={t('join.joining')}
      problem={isNamed ? undefined : t('join.nameFirst')}
      isOver={isHopeless || preview.isAlreadyJoined}
      failure={
        <RefusalNote
          refusal={refusal}
          title={t('join.failed')}
          message={deed.error?.message ?? ''}
        />
      }
      before={<InviteFacts preview={preview} />}
      onSubmit={() => void join()}
      onClose={onClose}
    >
      {preview.isAlreadyJoined ? (
        <Note tone="quiet" title={t('join.already')}>
          {t('join.alreadyText')}
        </Note>
      ) : (
        <JoinFields
          {...{ names, share: mayServe ? share : undefined }}
          onNames={setNames}
          onShare={setShare}
        />
      )}
    </FormDialog>
  );
}
