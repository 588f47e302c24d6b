import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { importModes } from './import-draft.ts';
import type { ImportMode } from './import-draft.ts';
import styles from './ModeField.module.css';

export interface ModeFieldProps {
  readonly value: ImportMode;
  readonly onChange: (mode: ImportMode) => void;
}

/** What happens to the file itself, each choice with its effect. */
export function ModeField({ value, onChange }: ModeFieldProps) {
  const { t } = useTranslation();
  const name = useId();
  return (
    <fieldset className={styles['modes']}>
      <legend>{t('models.import.what')}</legend>
      {importModes.map((mode) => (
        <div key={mode} className={styles['mode']}>
          <input
            type="radio"
            id={`${name}-${mode}`}
            name={name}
            checked={mode === value}
            onChange={() => {
              onChange(mode);
            }}
          />
          <label htmlFor={`${name}-${mode}`}>
            <b>{t(`models.import.mode.${mode}`)}</b>
            <span className={styles['effect']}>{t(`models.import.effect.${mode}`)}</span>
          </label>
        </div>
      ))}
    </fieldset>
  );
}
