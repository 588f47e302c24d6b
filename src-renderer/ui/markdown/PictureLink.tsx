import { Image } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './Markdown.module.css';
import { SafeLink } from './SafeLink.tsx';

export interface PictureLinkProps {
  readonly address: string;
  readonly description: string;
}

/**
 * A picture that an answer points to. It is not fetched: its address could carry what was said here
 * to a stranger. A person may open it.
 */
export function PictureLink({ address, description }: PictureLinkProps) {
  const { t } = useTranslation();
  return (
    <span className={styles['picture']}>
      <Image size={16} strokeWidth={1.75} aria-hidden />
      <SafeLink address={address}>{description || t('markdown.picture')}</SafeLink>
      <span className={styles['pictureNote']}>{t('markdown.pictureNotFetched')}</span>
    </span>
  );
}
