import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Note } from '../../ui/Note.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import { useNow } from '../../ui/use-now.ts';
import { enter } from './enter.ts';
import { EntryForm } from './EntryForm.tsx';
import { TextField } from './TextField.tsx';
import { waitUntil } from './wait-until.ts';

/** Signs in by password. After too many wrong ones it says how long to wait. */
export function PasswordForm() {
  const { t } = useTranslation();
  const deed = useDeed();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [until, setUntil] = useState(0);
  const now = useNow(500, until > 0);
  const waitSeconds = Math.max(0, Math.ceil((until - now) / 1000));
  const problem = password === '' ? t('sign-in.passwordFirst') : undefined;
  const isWaiting = waitSeconds > 0;

  function submit(): void {
    void deed.run(async () => {
      try {
        enter((await api.session.signIn({ name: name.trim(), password })).token);
      } catch (thrown) {
        setUntil(waitUntil(thrown, Date.now()));
        throw thrown;
      }
    });
  }

  return (
    <EntryForm
      deed={deed}
      problem={isWaiting ? t('sign-in.wait', { count: waitSeconds }) : problem}
      submitLabel={t('sign-in.enter')}
      busyLabel={t('sign-in.entering')}
      onSubmit={submit}
    >
      <TextField
        label={t('sign-in.name')}
        hint={t('sign-in.nameHint')}
        autoComplete="username"
        maxLength={60}
        value={name}
        onChange={setName}
      />
      <TextField
        label={t('sign-in.password')}
        type="password"
        autoComplete="current-password"
        maxLength={200}
        value={password}
        onChange={setPassword}
      />
      {deed.error !== undefined && <Refusal error={deed.error} waitSeconds={waitSeconds} />}
    </EntryForm>
  );
}

interface RefusalProps {
  readonly error: NonNullable<ReturnType<typeof useDeed>['error']>;
  readonly waitSeconds: number;
}

function Refusal({ error, waitSeconds }: RefusalProps) {
  const { t } = useTranslation();
  if (error.code === 'rate-limited') {
    return (
      <Note tone="slow" title={t('sign-in.tooMany')}>
        {waitSeconds > 0 ? t('sign-in.wait', { count: waitSeconds }) : t('sign-in.waited')}
      </Note>
    );
  }
  if (error.code === 'unauthenticated') {
    return (
      <Note tone="fail" title={t('sign-in.wrong')}>
        {t('sign-in.wrongText')}
      </Note>
    );
  }
  return <ErrorNote error={error} />;
}
