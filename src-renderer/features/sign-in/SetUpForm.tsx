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
import { TextField } from './TextField.tsx';

/** The first owner of a headless gateway: the code of its log, a name, a password. */
export function SetUpForm() {
  const { t } = useTranslation();
  const deed = useDeed();
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState(emptyPassword);
  const isNamed = code.trim() !== '' && name.trim() !== '';
  const problem = isNamed ? passwordProblem(password) : 'fields';

  function submit(): void {
    void deed.run(async () => {
      const input = { code: code.trim(), name: name.trim(), password: password.chosen };
      enter((await api.session.setUp(input)).token);
    });
  }

  return (
    <EntryForm
      deed={deed}
      problem={problem && t(`sign-in.problem.${problem}`, { count: shortestPassword })}
      submitLabel={t('sign-in.setUp.deed')}
      busyLabel={t('sign-in.setUp.busy')}
      onSubmit={submit}
    >
      <CodeField
        label={t('sign-in.setUp.code')}
        hint={t('sign-in.setUp.codeHint')}
        value={code}
        onChange={setCode}
      />
      <TextField
        label={t('sign-in.setUp.name')}
        autoComplete="username"
        maxLength={60}
        value={name}
        onChange={setName}
      />
      <PasswordFields value={password} onChange={setPassword} />
      {deed.error && <ErrorNote error={deed.error} title={t('sign-in.setUp.failed')} />}
    </EntryForm>
  );
}
