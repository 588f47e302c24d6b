import type { TFunction } from 'i18next';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import type { Welcome } from '../../api.ts';
import type { Connection } from '../../state/connection.ts';
import { Button } from '../../ui/Button.tsx';
import { CodeBlock } from '../../ui/CodeBlock.tsx';
import { Mark } from '../../frame/Mark.tsx';
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
  const [chosen, setWay] = useState<Way>();
  if (!isKnown) return <SignInFrame title={t('sign-in.asking')} />;
  const name = welcome?.gatewayName ?? '';
  if (welcome?.needsSetup === true) {
    return (
      <SignInFrame title={t('sign-in.setUp.title', { name })}>
        <p className={styles['text']}>{t('sign-in.setUp.text')}</p>
        <SetUpForm />
      </SignInFrame>
    );
  }
  const way = chosen ?? (welcome?.hasPassword === true ? 'password' : 'address');
  return (
    <SignInFrame title={titleOf(way, { t, name, reason })}>
      {reason === 'expired' && way === 'password' && (
        <p className={styles['text']}>{t('sign-in.reason.expired')}</p>
      )}
      <WayIn way={way} />
      {welcome !== undefined && <OtherWays way={way} onChange={setWay} />}
    </SignInFrame>
  );
}

/** A password of one's own, a code to choose one with, or the address that the machine itself gives. */
type Way = 'password' | 'code' | 'address';

function titleOf(
  way: Way,
  words: { readonly t: TFunction; readonly name: string } & Pick<SignInPageProps, 'reason'>,
): string {
  const { t, name, reason } = words;
  switch (way) {
    case 'password':
      return t('sign-in.title', { name });
    case 'code':
      return t('sign-in.redeem.title', { name });
    case 'address':
      return t(`sign-in.reason.${reason}`);
  }
}

function WayIn({ way }: { readonly way: Way }) {
  switch (way) {
    case 'password':
      return <PasswordForm />;
    case 'code':
      return <RedeemForm />;
    case 'address':
      return <NewAddress />;
  }
}

interface OtherWaysProps {
  readonly way: Way;
  readonly onChange: (way: Way) => void;
}

function OtherWays({ way, onChange }: OtherWaysProps) {
  const { t } = useTranslation();
  const words = {
    password: t('sign-in.byName'),
    code: t('sign-in.redeem.have'),
    address: t('sign-in.byAddress'),
  };
  return (
    <div className={styles['others']}>
      {(['password', 'code', 'address'] as const)
        .filter((other) => other !== way)
        .map((other) => (
          <Button
            key={other}
            variant="quiet"
            onClick={() => {
              onChange(other);
            }}
          >
            {words[other]}
          </Button>
        ))}
    </div>
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
