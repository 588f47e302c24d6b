import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { saveFile } from '../../../state/save-file.ts';
import { Button } from '../../../ui/Button.tsx';
import { authorityFile } from './tools.ts';
import styles from './UseFrom.module.css';

export interface AuthorityFileProps {
  readonly pem: string;
}

/** The certificate of the pools' own authority, which tools have to be given. */
export function AuthorityFile({ pem }: AuthorityFileProps) {
  const { t } = useTranslation();
  return (
    <p className={styles['authority']}>
      <Button
        size="row"
        icon={Download}
        onClick={() => {
          saveFile(authorityFile, 'application/x-pem-file', pem);
        }}
      >
        {t('use-from.saveAuthority')}
      </Button>
      <span className={styles['hint']}>{t('use-from.authorityHint', { file: authorityFile })}</span>
    </p>
  );
}
