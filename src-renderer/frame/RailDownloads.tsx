import { Download as DownloadIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Download } from '../api.ts';
import { useFormat } from '../i18n/format.ts';
import { useRoute } from '../router.ts';
import { isMoving, isUnfinished, summarize, useDownloads } from '../state/downloads.ts';
import { Icon } from '../ui/Icon.tsx';
import { Link } from '../ui/Link.tsx';
import styles from './RailFoot.module.css';

const none: readonly Download[] = [];

/** Downloads as one line on the pages that have no dock for them. */
export function RailDownloads() {
  const { t } = useTranslation();
  const format = useFormat();
  const downloads = useDownloads((state) => state.downloads) ?? none;
  const { page } = useRoute();
  const unfinished = downloads.filter(isUnfinished);
  if (unfinished.length === 0 || page === 'discover') return null;
  const moves = unfinished.some(isMoving);
  const { count, share } = summarize(unfinished);
  return (
    <Link
      to={{ page: 'discover' }}
      className={styles['downloads']}
      data-still={moves ? undefined : true}
    >
      <Icon of={DownloadIcon} size={14} />
      <span>
        {moves
          ? t('discover.rail.label', { count, percent: format.percent(share) })
          : t('discover.rail.paused')}
      </span>
    </Link>
  );
}
