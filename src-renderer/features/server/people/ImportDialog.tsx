import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { Field } from '../../../ui/Field.tsx';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { TextArea } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { ImportResult } from './ImportResult.tsx';
import styles from './People.module.css';

export interface ImportDialogProps {
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

type Imported = Awaited<ReturnType<typeof api.people.importCsv>>;

/** Many people at once: one a line. Lines that are wrong are named, the others are made. */
export function ImportDialog({ onChanged, onClose }: ImportDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [csv, setCsv] = useState('');
  const [result, setResult] = useState<Imported>();
  if (result !== undefined) return <ImportResult {...result} onClose={onClose} />;
  return (
    <FormDialog
      title={t('people.import.title')}
      size="medium"
      deed={deed}
      submitLabel={t('people.import.deed')}
      busyLabel={t('people.adding')}
      problem={csv.trim() === '' ? t('people.import.empty') : undefined}
      onSubmit={() =>
        void deed.run(async () => {
          setResult(await api.people.importCsv({ csv }));
          onChanged();
        })
      }
      onClose={onClose}
    >
      <Field label={t('people.import.lines')} hint={t('people.import.hint')}>
        {(control) => (
          <TextArea
            {...control}
            data-autofocus
            rows={8}
            className={styles['mono']}
            spellCheck={false}
            placeholder={'Ada Lovelace,member\nGrace Hopper,admin'}
            value={csv}
            onChange={(event) => {
              setCsv(event.target.value);
            }}
          />
        )}
      </Field>
      <Field label={t('people.import.file')}>
        {(control) => (
          <input
            {...control}
            type="file"
            accept=".csv,text/csv,text/plain"
            className={styles['file']}
            onChange={(event) => {
              // A file that cannot be read leaves the field as it is.
              void event.target.files?.[0]?.text().then(setCsv, () => undefined);
            }}
          />
        )}
      </Field>
    </FormDialog>
  );
}
