import { useTranslation } from 'react-i18next';
import type { Reach } from '../../../api.ts';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { Words } from '../join/Words.tsx';
import styles from './Fingerprint.module.css';

export interface FingerprintProps {
  readonly reach: Reach;
}

/** How others recognise this gateway: the key that every invite carries. */
export function Fingerprint({ reach }: FingerprintProps) {
  const { t } = useTranslation();
  const { fingerprint, fingerprintWords } = reach;
  return (
    <PageSection title={t('host.reach.fingerprint')}>
      <Words words={fingerprintWords} isLarge />
      <p className={styles['line']}>
        <code>{fingerprint}</code>
        <CopyButton text={fingerprint} label={t('host.reach.copyFingerprint')} shape="icon" />
      </p>
      <p className={styles['hint']}>{t('host.reach.fingerprintText')}</p>
    </PageSection>
  );
}
