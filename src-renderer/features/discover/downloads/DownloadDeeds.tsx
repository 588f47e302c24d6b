import { ArrowUpToLine, Pause, Play, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Download } from '../../../api.ts';
import {
  cancelDownload,
  pauseDownload,
  putFirst,
  resumeDownload,
} from '../../../state/downloads.ts';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import type { Deed } from '../../../ui/use-deed.ts';
import { CancelDialog } from './CancelDialog.tsx';
import styles from './DownloadDock.module.css';

export interface DownloadDeedsProps {
  readonly download: Download;
  readonly isFirst: boolean;
  readonly deed: Deed;
}

/** Pause or resume, first in line, and the way to end it. */
export function DownloadDeeds({ download, isFirst, deed }: DownloadDeedsProps) {
  const { t } = useTranslation();
  const [isAsking, setIsAsking] = useState(false);
  const { id, name, state, doneBytes } = download;
  const cancel = () => void deed.run(() => cancelDownload(id));
  return (
    <span className={styles['deeds']}>
      {state === 'queued' && !isFirst && (
        <IconButton
          icon={ArrowUpToLine}
          label={t('discover.dock.first', { name })}
          onClick={() => void deed.run(() => putFirst(id))}
        />
      )}
      {(state === 'running' || state === 'queued' || state === 'waiting') && (
        <Button
          icon={Pause}
          aria-label={t('discover.dock.pauseName', { name })}
          onClick={() => void deed.run(() => pauseDownload(id))}
        >
          {t('discover.dock.pause')}
        </Button>
      )}
      {state === 'paused' && (
        <Button
          icon={Play}
          aria-label={t('discover.dock.resumeName', { name })}
          onClick={() => void deed.run(() => resumeDownload(id))}
        >
          {t('discover.dock.resume')}
        </Button>
      )}
      <IconButton
        icon={X}
        label={t('discover.dock.cancel', { name })}
        onClick={() => {
          if (doneBytes > 0) setIsAsking(true);
          else cancel();
        }}
      />
      {isAsking && (
        <CancelDialog
          name={name}
          lostBytes={doneBytes}
          onCancel={cancel}
          onClose={() => {
            setIsAsking(false);
          }}
        />
      )}
    </span>
  );
}
