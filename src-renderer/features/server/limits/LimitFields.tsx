import { useTranslation } from 'react-i18next';
import { Field } from '../../../ui/Field.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { limitNames, limitProblem } from './limit-draft.ts';
import type { LimitDraft, LimitName } from './limit-draft.ts';
import styles from './LimitFields.module.css';

export interface LimitFieldsProps {
  readonly draft: LimitDraft;
  readonly onChange: (draft: LimitDraft) => void;
}

/** Every limit with its unit. Empty is unlimited, and each field says so. */
export function LimitFields({ draft, onChange }: LimitFieldsProps) {
  const { t } = useTranslation();
  const wrong = limitProblem(draft);
  return (
    <fieldset className={styles['limits']}>
      <legend>{t('limits.title')}</legend>
      <p className={styles['hint']}>{t('limits.hint')}</p>
      <div className={styles['grid']}>
        {limitNames.map((name) => (
          <LimitField
            key={name}
            name={name}
            value={draft[name]}
            isWrong={wrong === name}
            onChange={(value) => {
              onChange({ ...draft, [name]: value });
            }}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface LimitFieldProps {
  readonly name: LimitName;
  readonly value: string;
  readonly isWrong: boolean;
  readonly onChange: (value: string) => void;
}

function LimitField({ name, value, isWrong, onChange }: LimitFieldProps) {
  const { t } = useTranslation();
  return (
    <Field label={t(`limits.name.${name}`)} error={isWrong ? t('limits.noAmount') : undefined}>
      {(control) => (
        <TextInput
          {...control}
          inputMode="decimal"
          autoComplete="off"
          placeholder={t('limits.unlimited')}
          value={value}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      )}
    </Field>
  );
}
