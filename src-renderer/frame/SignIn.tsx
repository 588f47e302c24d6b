import { useTranslation } from 'react-i18next';
import type { Connection } from '../state/connection.ts';
import { CodeBlock } from '../ui/CodeBlock.tsx';
import { Mark } from './Mark.tsx';
import styles from './SignIn.module.css';

export interface SignInProps {
  readonly reason: Extract<Connection, { phase: 'signed-out' }>['reason'];
}

/** Shown instead of the window while there is no session: why, and how to get a new address. */
export function SignIn({ reason }: SignInProps) {
  const { t } = useTranslation();
  return (
    <main id="content" tabIndex={-1} className={styles['page']}>
      <div className={styles['column']}>
        <p className={styles['brand']}>
          <Mark />
          Millpond
        </p>
        <h1>{t(`frame.signIn.${reason}`)}</h1>
        <p className={styles['text']}>{t('frame.signIn.why')}</p>
        <CodeBlock code="millpond open" title={t('frame.signIn.terminal')} />
        <p className={styles['text']}>{t('frame.signIn.desktop')}</p>
      </div>
    </main>
  );
}
