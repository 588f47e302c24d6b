import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keepToken, useHub } from '../../../state/hub.ts';
import { Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { SafeLink } from '../../../ui/markdown/SafeLink.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import styles from './HubNotes.module.css';

export interface TokenFormProps {
  /** The hub knows the token, and it was kept. */
  readonly onKept: () => void;
}

/** Takes a token for the hub. It is kept as a secret and never shown again. */
export function TokenForm({ onKept }: TokenFormProps) {
  const { t } = useTranslation();
  const endpoint = useHub((state) => state.status?.endpoint);
  const [token, setToken] = useState('');
  const { isBusy, error, run } = useDeed();

  async function keep(): Promise<void> {
    if (token.trim() === '') return;
    if (!(await run(() => keepToken(token.trim())))) return;
    setToken('');
    onKept();
  }

  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      <Field
        label={t('discover.access.token')}
        hint={
          <>
            {t('discover.access.tokenHint')}
            {endpoint !== undefined && (
              <>
                {' '}
                <SafeLink address={`${endpoint}/settings/tokens`}>
                  {t('discover.access.makeToken')}
                </SafeLink>
              </>
            )}
          </>
        }
        error={error?.message}
      >
        {(control) => (
          <TextInput
            {...control}
            type="password"
            autoComplete="off"
            spellCheck={false}
            placeholder="hf_…"
            value={token}
            onChange={(event) => {
              setToken(event.target.value);
            }}
          />
        )}
      </Field>
      <Button type="submit" busyLabel={isBusy ? t('discover.access.checking') : undefined}>
        {t('discover.access.keep')}
      </Button>
    </form>
  );
}
