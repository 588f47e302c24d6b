import { useTranslation } from 'react-i18next';
import { Field } from '../../../ui/Field.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import styles from './NameFields.module.css';
import type { Names } from './use-names.ts';

export interface NameFieldsProps {
  readonly names: Names;
  readonly onChange: (names: Names) => void;
}

/** What the pool's members will see: a person and a machine. */
export function NameFields({ names, onChange }: NameFieldsProps) {
  const { t } = useTranslation();
  return (
    <div className={styles['names']}>
      <Field label={t('join.personName')}>
        {(control) => (
          <TextInput
            {...control}
            maxLength={60}
            autoComplete="name"
            value={names.person}
            onChange={(event) => {
              onChange({ ...names, person: event.target.value });
            }}
          />
        )}
      </Field>
      <Field label={t('join.deviceName')}>
        {(control) => (
          <TextInput
            {...control}
            maxLength={60}
            autoComplete="off"
            value={names.device}
            onChange={(event) => {
              onChange({ ...names, device: event.target.value });
            }}
          />
        )}
      </Field>
    </div>
  );
}
