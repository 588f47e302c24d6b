import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { InvitePreview } from '../../../api.ts';
import { navigate } from '../../../router.ts';
import { refreshMemberships, showMembership } from '../../../state/memberships.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
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
  const formId = useId();
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
    <Dialog
      size="medium"
      title={t('join.title', { name: preview.poolName })}
      actions={
        <JoinActions
          formId={formId}
          isOver={isHopeless || preview.isAlreadyJoined}
          isBusy={deed.isBusy}
          isNamed={isNamed}
          hasFailed={deed.error !== undefined}
          onClose={onClose}
        />
      }
      onClose={onClose}
    >
      <InviteFacts preview={preview} />
      {preview.isAlreadyJoined ? (
        <Note tone="quiet" title={t('join.already')}>
          {t('join.alreadyText')}
        </Note>
      ) : (
        <JoinFields
          {...{ formId, names, share: mayServe ? share : undefined }}
          onNames={setNames}
          onShare={setShare}
          onSubmit={() => {
            if (isNamed && !deed.isBusy && !isHopeless) void join();
          }}
        />
      )}
      {deed.error && (
        <RefusalNote refusal={refusal} title={t('join.failed')} message={deed.error.message} />
      )}
    </Dialog>
  );
}

interface JoinActionsProps {
  readonly formId: string;
  /** There is nothing to join with this link, now or later. */
  readonly isOver: boolean;
  readonly isBusy: boolean;
  /** Others must be able to tell who came in. */
  readonly isNamed: boolean;
  readonly hasFailed: boolean;
  readonly onClose: () => void;
}

function JoinActions({ formId, isOver, isBusy, isNamed, hasFailed, onClose }: JoinActionsProps) {
  const { t } = useTranslation();
  if (isOver) return <Button onClick={onClose}>{t('common.close')}</Button>;
  return (
    <>
      <Button variant="quiet" onClick={onClose}>
        {t('common.cancel')}
      </Button>
      <Button
        type="submit"
        form={formId}
        variant="primary"
        busyLabel={isBusy ? t('join.joining') : undefined}
        disabledReason={isNamed ? undefined : t('join.nameFirst')}
      >
        {t(hasFailed ? 'common.tryAgain' : 'pool.join.join')}
      </Button>
    </>
  );
}
