import { useTranslation } from 'react-i18next';
import type { Membership } from '../../../api.ts';
import { useServer } from '../../../state/server.ts';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import styles from './WholePool.module.css';

export interface WholePoolProps {
  readonly membership: Membership;
}

/** The sentence that joining is about: the address that tools use already answers with the pool. */
export function WholePool({ membership }: WholePoolProps) {
  const { t } = useTranslation();
  const address = useServer(({ server }) => server?.openaiUrl);
  return (
    <section aria-label={t('join.whole.title')} className={styles['whole']}>
      <h2 className={styles['title']}>{t('join.whole.title')}</h2>
      <p className={styles['text']}>{t('join.whole.text', { name: membership.poolName })}</p>
      {address !== undefined && (
        <p className={styles['line']}>
          <code>{address}</code>
          <CopyButton text={address} label={t('join.whole.copy')} variant="plain" />
        </p>
      )}
    </section>
  );
}
