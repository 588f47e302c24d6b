import { Lock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useConfig } from '../../state/gateway-lists.ts';
import { Icon } from '../../ui/Icon.tsx';
import styles from './FileLock.module.css';

/** Something stands in the config file and is changed there. */
export function FileLock() {
  const { t } = useTranslation();
  const { answer } = useConfig();
  return (
    <span className={styles['lock']}>
      <Icon of={Lock} size={14} />
      {answer === undefined ? t('server.inFile') : t('server.inFileAt', { path: answer.path })}
    </span>
  );
}
