import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { CsvField } from '../../../ui/CsvField.tsx';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { ImportResult } from './ImportResult.tsx';
import { PoolsField } from './PoolsField.tsx';
import { useFirstPools } from './use-first-pools.ts';

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
  const [pools, setPools] = useState(useFirstPools());
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
          setResult(await api.people.importCsv({ csv, pools: [...pools] }));
          onChanged();
        })
      }
      onClose={onClose}
    >
      <CsvField
        label={t('people.import.lines')}
        hint={t('people.import.hint')}
        placeholder={'Ada Lovelace,member\nGrace Hopper,admin'}
        value={csv}
        onChange={setCsv}
      />
      <PoolsField chosen={pools} hint={t('people.pools.hint')} onChange={setPools} />
    </FormDialog>
  );
}
