import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Account } from '../../../api.ts';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { personChange, personDraftOf, personProblem } from './person-draft.ts';
import { PersonFields } from './PersonFields.tsx';

export interface ChangePersonDialogProps {
  readonly person: Account;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** Name, pools and limits of somebody who exists. */
export function ChangePersonDialog({ person, onChanged, onClose }: ChangePersonDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [draft, setDraft] = useState(() => personDraftOf(person));
  const problem = personProblem(draft);
  return (
    <FormDialog
      title={t('people.changeTitle', { name: person.name })}
      size="medium"
      deed={deed}
      submitLabel={t('common.save')}
      busyLabel={t('common.saving')}
      problem={problem && t(`people.problem.${problem}`)}
      onSubmit={() =>
        void deed.run(async () => {
          await api.people.update({ id: person.id, ...personChange(draft, person) });
          onChanged();
          onClose();
        })
      }
      onClose={onClose}
    >
      <PersonFields draft={draft} onChange={setDraft} />
    </FormDialog>
  );
}
