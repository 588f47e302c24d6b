import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Note } from '../../ui/Note.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import { enter } from './enter.ts';
import styles from './SignInPage.module.css';

export interface ProxyEntryProps {
  /** Whom the proxy in front has signed in. */
  readonly name: string;
}

/** Goes on as whom the site has signed in already: nothing to type. */
export function ProxyEntry({ name }: ProxyEntryProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  return (
    <div className={styles['form']}>
      <p className={styles['text']}>{t('sign-in.proxy.text', { name })}</p>
      {deed.error !== undefined &&
        (deed.error.reason === 'unknown-proxy-user' ? (
          <Note tone="fail" title={t('sign-in.proxy.unknown', { name })} />
        ) : (
          <ErrorNote error={deed.error} />
        ))}
      <Button
        variant="primary"
        size="large"
        busyLabel={deed.isBusy ? t('sign-in.entering') : undefined}
        onClick={() => {
          void deed.run(async () => {
            enter((await api.session.proxySignIn({})).token);
          });
        }}
      >
        {t('sign-in.proxy.deed', { name })}
      </Button>
    </div>
  );
}
