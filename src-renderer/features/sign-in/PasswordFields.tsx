import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { passwordProblem, shortestPassword } from './password.ts';
import type { NewPassword } from './password.ts';
import { TextField } from './TextField.tsx';

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
  const shared = { type: 'password', autoComplete: 'new-password', maxLength: 200 } as const;
  return (
    <>
      <TextField
        {...shared}
        label={t('sign-in.newPassword')}
        hint={hint ?? t('sign-in.newPasswordHint', { count: shortestPassword })}
        error={isShort ? t('sign-in.problem.short', { count: shortestPassword }) : undefined}
        value={value.chosen}
        onBlur={() => {
          setLeft({ ...left, chosen: true });
        }}
        onChange={(chosen) => {
          onChange({ ...value, chosen });
        }}
      />
      <TextField
        {...shared}
        label={t('sign-in.repeatPassword')}
        error={differs ? t('sign-in.problem.differs') : undefined}
        value={value.repeated}
        onBlur={() => {
          setLeft({ ...left, repeated: true });
        }}
        onChange={(repeated) => {
          onChange({ ...value, repeated });
        }}
      />
    </>
  );
}
