import { useTranslation } from 'react-i18next';
import styles from './CsvField.module.css';
import { Field } from './Field.tsx';
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
      <Field label={t('common.orFile')}>
        {(control) => (
          <input
            {...control}
            type="file"
            accept=".csv,text/csv,text/plain"
            className={styles['file']}
            onChange={(event) => {
              // A file that cannot be read leaves the field as it is.
              void event.target.files?.[0]?.text().then(onChange, () => undefined);
            }}
          />
        )}
      </Field>
    </>
  );
}
