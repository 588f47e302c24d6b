import { ArrowLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/Icon.tsx';
import { Link } from '../../../ui/Link.tsx';
import { Tooltip } from '../../../ui/Tooltip.tsx';
import styles from './BackButton.module.css';

/** From a model back to the list, which is as it was left. */
export function BackButton() {
  const { t } = useTranslation();
  return (
    <Tooltip text={t('discover.back')}>
      <Link to={{ page: 'discover' }} aria-label={t('discover.back')} className={styles['back']}>
        <Icon of={ArrowLeft} />
      </Link>
    </Tooltip>
  );
}
