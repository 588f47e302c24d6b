import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { ApiKey } from '../../../api.ts';
import { showToast } from '../../../state/toasts.ts';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { keyChange, keyDraftOf, keyProblem } from './key-draft.ts';
import { KeyFields } from './KeyFields.tsx';

export interface ChangeKeyDialogProps {
  readonly apiKey: ApiKey;
  readonly onChanged: (key: ApiKey) => void;
  readonly onClose: () => void;
}

/** What a key may do from its next request on. The key itself stays. */
export function ChangeKeyDialog({ apiKey, onChanged, onClose }: ChangeKeyDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [draft, setDraft] = useState(() => keyDraftOf(apiKey));
  const problem = keyProblem(draft);

  async function keep(): Promise<void> {
    onChanged(await api.server.updateKey({ id: apiKey.id, ...keyChange(draft, Date.now()) }));
    showToast(t('server.keyChanged', { name: draft.name.trim() }));
    onClose();
  }

  return (
    <FormDialog
      title={t('server.changeKey', { name: apiKey.name })}
      size="medium"
      deed={deed}
      submitLabel={t('common.save')}
      busyLabel={t('common.saving')}
      problem={problem && t(`server.key.problem.${problem}`)}
      onSubmit={() => void deed.run(keep)}
      onClose={onClose}
    >
      <KeyFields draft={draft} isNew={false} onChange={setDraft} />
    </FormDialog>
  );
}
