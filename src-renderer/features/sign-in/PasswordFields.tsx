import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Field } from '../../ui/Field.tsx';
import { TextInput } from '../../ui/TextInput.tsx';
import { passwordProblem, shortestPassword } from './password.ts';
import type { NewPassword } from './password.ts';

export interface PasswordFieldsProps {
  readonly value: NewPassword;
  /** What the password is for. */
  readonly hint?: string;
  readonly onChange: (value: NewPassword) => void;
}

/** A new password, typed twice. What is wrong is said once a field has been left. */
export function PasswordFields({ value, hint, onChange }: PasswordFieldsProps) {
  const { t } = useTranslation();
  const [left, setLeft] = useState({ chosen: false, repeated: false });
  const problem = passwordProblem(value);
  const isShort = left.chosen && problem === 'short' && value.chosen !== '';
  const differs = left.repeated && problem === 'differs' && value.repeated !== '';
  return (
    <>
      <Field
        label={t('sign-in.newPassword')}
        hint={hint ?? t('sign-in.newPasswordHint', { count: shortestPassword })}
        error={isShort ? t('sign-in.problem.short', { count: shortestPassword }) : undefined}
      >
        {(control) => (
          <TextInput
            {...control}
            type="password"
            autoComplete="new-password"
            maxLength={200}
            value={value.chosen}
            onBlur={() => {
              setLeft({ ...left, chosen: true });
            }}
            onChange={(event) => {
              onChange({ ...value, chosen: event.target.value });
            }}
          />
        )}
      </Field>
      <Field
        label={t('sign-in.repeatPassword')}
        error={differs ? t('sign-in.problem.differs') : undefined}
      >
        {(control) => (
          <TextInput
            {...control}
            type="password"
            autoComplete="new-password"
            maxLength={200}
            value={value.repeated}
            onBlur={() => {
              setLeft({ ...left, repeated: true });
            }}
            onChange={(event) => {
              onChange({ ...value, repeated: event.target.value });
            }}
          />
        )}
      </Field>
    </>
  );
}
