import type { TFunction } from 'i18next';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Welcome } from '../../api.ts';
import type { Connection } from '../../state/connection.ts';
import { Button } from '../../ui/Button.tsx';
import { CodeBlock } from '../../ui/CodeBlock.tsx';
import { Mark } from '../../frame/Mark.tsx';
import { PasswordForm } from './PasswordForm.tsx';
import { ProxyEntry } from './ProxyEntry.tsx';
import { RedeemForm } from './RedeemForm.tsx';
import { SetUpForm } from './SetUpForm.tsx';
import styles from './SignInPage.module.css';
import { useWelcome } from './use-welcome.ts';

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
  const way = chosen ?? firstWay(welcome);
  return (
    <SignInFrame title={titleOf(way, { t, name, reason })}>
      {reason === 'expired' && (way === 'password' || way === 'proxy') && (
        <p className={styles['text']}>{t('sign-in.reason.expired')}</p>
      )}
      <WayIn way={way} proxyUser={welcome?.proxyUser} />
      {welcome !== undefined && (
        <OtherWays way={way} byProxy={welcome.proxyUser} onChange={setWay} />
      )}
    </SignInFrame>
  );
}

/** Who a proxy says one is, a password of one's own, a code to choose one with, or the address that the machine itself gives. */
type Way = 'proxy' | 'password' | 'code' | 'address';

const ways: readonly Way[] = ['proxy', 'password', 'code', 'address'];

function firstWay(welcome: Welcome | undefined): Way {
  if (welcome?.proxyUser !== undefined) return 'proxy';
  return welcome?.hasPassword === true ? 'password' : 'address';
}

function titleOf(
  way: Way,
  words: { readonly t: TFunction; readonly name: string } & Pick<SignInPageProps, 'reason'>,
): string {
  const { t, name, reason } = words;
  switch (way) {
    case 'proxy':
    case 'password':
      return t('sign-in.title', { name });
    case 'code':
      return t('sign-in.redeem.title', { name });
    case 'address':
      return t(`sign-in.reason.${reason}`);
  }
}

interface WayInProps {
  readonly way: Way;
  readonly proxyUser: string | undefined;
}

function WayIn({ way, proxyUser }: WayInProps) {
  switch (way) {
    case 'proxy':
      return <ProxyEntry name={proxyUser ?? ''} />;
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
  /** Whom a proxy in front has signed in. */
  readonly byProxy: string | undefined;
  readonly onChange: (way: Way) => void;
}

function OtherWays({ way, byProxy, onChange }: OtherWaysProps) {
  const { t } = useTranslation();
  const words = {
    proxy: t('sign-in.proxy.deed', { name: byProxy }),
    password: t('sign-in.byName'),
    code: t('sign-in.redeem.have'),
    address: t('sign-in.byAddress'),
  };
  return (
    <div className={styles['others']}>
      {ways
        .filter((other) => other !== way && (other !== 'proxy' || byProxy !== undefined))
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
