import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import type { Welcome } from '../../api.ts';
import type { Connection } from '../../state/connection.ts';
import { CodeBlock } from '../../ui/CodeBlock.tsx';
import { Mark } from '../../frame/Mark.tsx';
import { Button } from '../../ui/Button.tsx';
import { PasswordForm } from './PasswordForm.tsx';
import { RedeemForm } from './RedeemForm.tsx';
import { SetUpForm } from './SetUpForm.tsx';
import styles from './SignInPage.module.css';

export interface SignInPageProps {
  readonly reason: Extract<Connection, { phase: 'signed-out' }>['reason'];
}

/** Shown instead of the window while there is no session: set-up, password, or a new address. */
export function SignInPage({ reason }: SignInPageProps) {
  const { t } = useTranslation();
  const { welcome, isKnown } = useWelcome();
  const [isRedeeming, setIsRedeeming] = useState(false);
  if (!isKnown) return <SignInFrame title={t('sign-in.asking')} />;
  if (welcome?.needsSetup === true) {
    return (
      <SignInFrame title={t('sign-in.setUp.title', { name: welcome.gatewayName })}>
        <p className={styles['text']}>{t('sign-in.setUp.text')}</p>
        <SetUpForm />
      </SignInFrame>
    );
  }
  if (welcome?.hasPassword === true) {
    return (
      <SignInFrame
        title={t(isRedeeming ? 'sign-in.redeem.title' : 'sign-in.title', {
          name: welcome.gatewayName,
        })}
      >
        {reason === 'expired' && !isRedeeming && (
          <p className={styles['text']}>{t('sign-in.reason.expired')}</p>
        )}
        {isRedeeming ? (
          <RedeemForm
            onBack={() => {
              setIsRedeeming(false);
            }}
          />
        ) : (
          <>
            <PasswordForm />
            <p>
              <Button
                variant="quiet"
                onClick={() => {
                  setIsRedeeming(true);
                }}
              >
                {t('sign-in.redeem.have')}
              </Button>
            </p>
          </>
        )}
        <details className={styles['other']}>
          <summary>{t('sign-in.onItself')}</summary>
          <NewAddress />
        </details>
      </SignInFrame>
    );
  }
  return (
    <SignInFrame title={t(`sign-in.reason.${reason}`)}>
      <NewAddress />
    </SignInFrame>
  );
}

/** How somebody at the machine itself gets in without a password. */
function NewAddress() {
  const { t } = useTranslation();
  return (
    <>
      <p className={styles['text']}>{t('sign-in.why')}</p>
      <CodeBlock code="millpond open" title={t('sign-in.terminal')} />
      <p className={styles['text']}>{t('sign-in.desktop')}</p>
    </>
  );
}

interface SignInFrameProps {
  readonly title: string;
  readonly children?: ReactNode;
}

/** One column in the middle of an otherwise empty window. */
export function SignInFrame({ title, children }: SignInFrameProps) {
  return (
    <main id="content" tabIndex={-1} className={styles['page']}>
      <div className={styles['column']}>
        <p className={styles['brand']}>
          <Mark />
          Millpond
        </p>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

interface WelcomeState {
  /** Undefined where the gateway does not tell: the ways of its own machine still work. */
  readonly welcome: Welcome | undefined;
  readonly isKnown: boolean;
}

function useWelcome(): WelcomeState {
  const [state, setState] = useState<WelcomeState>({ welcome: undefined, isKnown: false });
  useEffect(() => {
    const left = new AbortController();
    void api.session.welcome({}, { signal: left.signal }).then(
      (welcome) => {
        if (!left.signal.aborted) setState({ welcome, isKnown: true });
      },
      () => {
        if (!left.signal.aborted) setState({ welcome: undefined, isKnown: true });
      },
    );
    return () => {
      left.abort();
    };
  }, []);
  return state;
}
