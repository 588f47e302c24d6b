import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../ui/CopyButton.tsx';
import styles from './SignInPage.module.css';
import { SignInFrame } from './SignInPage.tsx';

export interface JoinLandingProps {
  /** `millpond://join/…`. */
  readonly link: string;
}

/** What somebody sees who opens an invite in a browser: the invite belongs into the app. */
export function JoinLanding({ link }: JoinLandingProps) {
  const { t } = useTranslation();
  return (
    <SignInFrame title={t('sign-in.landing.title')}>
      <p className={styles['text']}>{t('sign-in.landing.text')}</p>
      <p className={styles['deeds']}>
        <a href={link} className={styles['open']}>
          {t('sign-in.landing.open')}
        </a>
        <CopyButton text={link} label={t('sign-in.landing.copy')} variant="plain" />
      </p>
      <p className={styles['text']}>{t('sign-in.landing.without')}</p>
    </SignInFrame>
  );
}
