import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Download } from '../../../api.ts';
import { isUnfinished, useDownloads } from '../../../state/downloads.ts';
import styles from './DownloadDock.module.css';
import { DownloadLine } from './DownloadLine.tsx';
import { DownloadsHead } from './DownloadsHead.tsx';

const none: readonly Download[] = [];

/** What is on its way to this disk: the last region of the page, absent while nothing is. */
export function DownloadDock() {
  const { t } = useTranslation();
  const downloads = useDownloads((state) => state.downloads) ?? none;
  const unfinished = downloads.filter(isUnfinished);
  const hasFailed = unfinished.some((download) => download.state === 'failed');
  const [isOpen, setIsOpen] = useState<boolean>();
  if (unfinished.length === 0) return null;
  const isFolded = unfinished.length > 1;
  // A failure is not folded away unless somebody did so.
  const isListed = !isFolded || (isOpen ?? hasFailed);
  return (
    <section
      aria-label={t('discover.dock.title')}
      data-region
      tabIndex={-1}
      className={styles['dock']}
    >
      {isFolded && <DownloadsHead downloads={unfinished} isOpen={isListed} onToggle={setIsOpen} />}
      {isListed && (
        <ul className={styles['list']}>
          {unfinished.map((download) => (
            <li key={download.id}>
              <DownloadLine download={download} isFirst={download.id === unfinished[0]?.id} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
