import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import { CodeField } from './CodeField.tsx';
import { enter } from './enter.ts';
import { EntryForm } from './EntryForm.tsx';
import { emptyPassword, passwordProblem, shortestPassword } from './password.ts';
import { PasswordFields } from './PasswordFields.tsx';

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
    <EntryForm
      deed={deed}
      problem={problem}
      submitLabel={t('sign-in.redeem.deed')}
      busyLabel={t('sign-in.entering')}
      onSubmit={submit}
    >
      <CodeField
        label={t('sign-in.redeem.code')}
        hint={t('sign-in.redeem.codeHint')}
        value={code}
        onChange={setCode}
      />
      <PasswordFields value={password} onChange={setPassword} />
      {deed.error && <ErrorNote error={deed.error} title={t('sign-in.redeem.failed')} />}
    </EntryForm>
  );
}

function problemWords(
  problem: ReturnType<typeof passwordProblem>,
  t: (key: string, options: { count: number }) => string,
): string | undefined {
  return problem && t(`sign-in.problem.${problem}`, { count: shortestPassword });
}
