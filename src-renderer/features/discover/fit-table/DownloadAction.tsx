import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { shareDone } from '../../../state/downloads.ts';
import { Button } from '../../../ui/Button.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import type { Availability } from '../availability.ts';
import { downloadTones } from '../downloads/download-words.ts';
import type { FitRowData } from './fit-row.ts';
import { WhyButton } from './WhyButton.tsx';

export interface DownloadActionProps {
  readonly row: FitRowData;
  readonly availability: Availability;
  readonly isPrimary: boolean;
  readonly isStarting: boolean;
  readonly onDownload: () => void;
}

/** What can be done about a choice: download it, see how far it is, or learn why not. */
export function DownloadAction(props: DownloadActionProps) {
  const { row, availability, isPrimary, isStarting, onDownload } = props;
  const { t } = useTranslation();
  const format = useFormat();
  switch (availability.kind) {
    case 'installed':
      return <StateBadge tone="ok">{t('discover.installed')}</StateBadge>;
    case 'coming': {
      const { download } = availability;
      const word =
        download.state === 'running'
          ? format.percent(shareDone(download))
          : t(`discover.state.${download.state}`);
      return <StateBadge tone={downloadTones[download.state]}>{word}</StateBadge>;
    }
    case 'absent':
      return row.fit?.verdict === 'too-big' && !isStarting ? (
        <WhyButton row={row} onDownload={onDownload} />
      ) : (
        <Button
          variant={isPrimary ? 'primary' : 'plain'}
          aria-label={t('discover.downloadName', { name: row.spokenName })}
          busyLabel={isStarting ? t('discover.starting') : undefined}
          onClick={onDownload}
        >
          {t('discover.download')}
        </Button>
      );
  }
}
