import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import { enter } from './enter.ts';
import { emptyPassword, passwordProblem, shortestPassword } from './password.ts';
import { PasswordFields } from './PasswordFields.tsx';
import styles from './SignInPage.module.css';
import { TextField } from './TextField.tsx';

/** A one-time code from whoever keeps the gateway, and the password that somebody chooses with it. */
export function RedeemForm() {
  const { t } = useTranslation();
  const deed = useDeed();
  const [code, setCode] = useState('');
  const [password, setPassword] = useState(emptyPassword);
  const problem =
    code.trim() === '' ? t('sign-in.redeem.codeFirst') : problemWords(passwordProblem(password), t);

  function submit(): void {
    void deed.run(async () => {
      const input = { code: code.trim(), password: password.chosen };
      enter((await api.session.redeemCode(input)).token);
    });
  }

  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === undefined && !deed.isBusy) submit();
      }}
    >
      <TextField
        label={t('sign-in.redeem.code')}
        hint={t('sign-in.redeem.codeHint')}
        autoComplete="one-time-code"
        maxLength={128}
        value={code}
        onChange={setCode}
      />
      <PasswordFields value={password} onChange={setPassword} />
      {deed.error && <ErrorNote error={deed.error} title={t('sign-in.redeem.failed')} />}
      <Button
        type="submit"
        variant="primary"
        size="large"
        busyLabel={deed.isBusy ? t('sign-in.entering') : undefined}
        disabledReason={problem}
      >
        {t('sign-in.redeem.deed')}
      </Button>
    </form>
  );
}

function problemWords(
  problem: ReturnType<typeof passwordProblem>,
  t: (key: string, options: { count: number }) => string,
): string | undefined {
  return problem && t(`sign-in.problem.${problem}`, { count: shortestPassword });
}
