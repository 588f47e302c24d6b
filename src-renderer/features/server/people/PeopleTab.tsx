import { FileUp, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Account } from '../../../api.ts';
import { usePeople } from '../../../state/gateway-lists.ts';
import { Asking } from '../../../ui/Asking.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { AddPersonDialog } from './AddPersonDialog.tsx';
import { ChangePersonDialog } from './ChangePersonDialog.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import { PeopleTable } from './PeopleTable.tsx';
import type { PersonDeed } from './PeopleTable.tsx';
import { RemovePersonDialog } from './RemovePersonDialog.tsx';
import { ResetDialog } from './ResetDialog.tsx';

type Open =
  { readonly deed: 'add' | 'import' } | { readonly deed: PersonDeed; readonly person: Account };

/** Everybody with an account: what they may do and use, and how they come in. */
export function PeopleTab() {
  const { t } = useTranslation();
  const { answer: people, error, refresh } = usePeople();
  const [open, setOpen] = useState<Open>();
  return (
    <PageSection
      title={t('people.title')}
      actions={
        <>
          <Button
            variant="quiet"
            icon={FileUp}
            onClick={() => {
              setOpen({ deed: 'import' });
            }}
          >
            {t('people.import.title')}
          </Button>
          <Button
            variant="primary"
            icon={Plus}
            onClick={() => {
              setOpen({ deed: 'add' });
            }}
          >
            {t('people.add')}
          </Button>
        </>
      }
    >
      <Asking
        isKnown={people !== undefined}
        error={error}
        failedTitle={t('people.failed')}
        onRetry={refresh}
      >
        <PeopleTable
          people={people ?? []}
          onChanged={refresh}
          onDeed={(deed, person) => {
            setOpen({ deed, person });
          }}
        />
        {people !== undefined && people.length < 2 && (
          <EmptyState title={t('people.alone')}>{t('people.aloneText')}</EmptyState>
        )}
      </Asking>
      {open !== undefined && (
        <PersonDialog
          open={open}
          onChanged={refresh}
          onClose={() => {
            setOpen(undefined);
          }}
        />
      )}
    </PageSection>
  );
}

interface PersonDialogProps {
  readonly open: Open;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

function PersonDialog({ open, ...rest }: PersonDialogProps) {
  switch (open.deed) {
    case 'add':
      return <AddPersonDialog {...rest} />;
    case 'import':
      return <ImportDialog {...rest} />;
    case 'change':
      return <ChangePersonDialog person={open.person} {...rest} />;
    case 'reset':
      return <ResetDialog person={open.person} {...rest} />;
    case 'remove':
      return <RemovePersonDialog person={open.person} {...rest} />;
  }
}
