import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Account } from '../../../api.ts';
import { LossDialog } from '../../../ui/LossDialog.tsx';
import { CodeShown } from './CodeShown.tsx';
import type { GivenCode } from './CodeShown.tsx';

export interface ResetDialogProps {
  readonly person: Account;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** A new way in for somebody who lost theirs; their sessions end. */
export function ResetDialog({ person, onChanged, onClose }: ResetDialogProps) {
  const { t } = useTranslation();
  const [given, setGiven] = useState<GivenCode>();
  if (given !== undefined) {
    return <CodeShown name={person.name} given={given} onClose={onClose} />;
  }
  return (
    <LossDialog
      title={t('people.reset.title', { name: person.name })}
      keepLabel={t('people.reset.keep')}
      deedLabel={t('people.reset.confirm')}
      busyLabel={t('people.reset.busy')}
      onDeed={async () => {
        setGiven(await api.people.resetPassword({ id: person.id }));
        onChanged();
      }}
      onClose={onClose}
    >
      {t('people.reset.loss', { name: person.name })}
    </LossDialog>
  );
}
