import { useTranslation } from 'react-i18next';
import styles from './CsvField.module.css';
import { Field } from './Field.tsx';
import { FileButton } from './FileButton.tsx';
import { TextArea } from './TextInput.tsx';

export interface CsvFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** A table, one line for each of many: typed, pasted or taken from a file. */
export function CsvField({ label, hint, placeholder, value, onChange }: CsvFieldProps) {
  const { t } = useTranslation();
  return (
    <>
      <Field label={label} hint={hint}>
        {(control) => (
          <TextArea
            {...control}
            data-autofocus
            rows={8}
            className={styles['lines']}
            spellCheck={false}
            placeholder={placeholder}
            value={value}
            onChange={(event) => {
              onChange(event.target.value);
            }}
          />
        )}
      </Field>
      <FileButton accept=".csv,text/csv,text/plain" label={t('common.orFile')} onText={onChange} />
    </>
  );
}
