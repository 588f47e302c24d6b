import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { NewPerson } from '../../../api.ts';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { CodeShown } from './CodeShown.tsx';
import { newPerson, personDraftOf, personProblem } from './person-draft.ts';
import { PersonFields } from './PersonFields.tsx';
import { useFirstPools } from './use-first-pools.ts';

export interface AddPersonDialogProps {
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** Somebody new: a name, a role, limits; then the code that lets them choose a password. */
export function AddPersonDialog({ onChanged, onClose }: AddPersonDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const pools = useFirstPools();
  const [draft, setDraft] = useState(() => personDraftOf(undefined, pools));
  const [made, setMade] = useState<NewPerson>();
  const problem = personProblem(draft);
  if (made !== undefined) {
    return <CodeShown name={made.person.name} given={made} onClose={onClose} />;
  }
  return (
    <FormDialog
      title={t('people.addTitle')}
      size="medium"
      deed={deed}
      submitLabel={t('people.addDeed')}
      busyLabel={t('people.adding')}
      problem={problem && t(`people.problem.${problem}`)}
      onSubmit={() =>
        void deed.run(async () => {
          setMade(await api.people.create(newPerson(draft)));
          onChanged();
        })
      }
      onClose={onClose}
    >
      <PersonFields draft={draft} isNew onChange={setDraft} />
    </FormDialog>
  );
}
