import { useTranslation } from 'react-i18next';
import type { NewPassword } from '../../sign-in/password.ts';
import { PasswordFields } from '../../sign-in/PasswordFields.tsx';
import { TextField } from '../../sign-in/TextField.tsx';

export interface OwnerFieldsProps {
  readonly name: string;
  readonly password: NewPassword;
  readonly onName: (name: string) => void;
  readonly onPassword: (password: NewPassword) => void;
}

/** Who holds this gateway: the name that others see, and the password for signing in from elsewhere. */
export function OwnerFields({ name, password, onName, onPassword }: OwnerFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        label={t('pool.start.ownerName')}
        hint={t('pool.start.ownerNameWhy')}
        autoComplete="name"
        maxLength={60}
        value={name}
        onChange={onName}
      />
      <PasswordFields value={password} hint={t('pool.start.passwordWhy')} onChange={onPassword} />
    </>
  );
}
