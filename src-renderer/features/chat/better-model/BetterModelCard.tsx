import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { downloadOf, isUnfinished, useDownloads } from '../../../state/downloads.ts';
import { useHub, wantStarters } from '../../../state/hub.ts';
import { useModels } from '../../../state/models.ts';
import { useSettings } from '../../../state/settings.ts';
import { DownloadLine } from '../../discover/downloads/DownloadLine.tsx';
import { useBetterModel } from './better-model.ts';
import styles from './BetterModelCard.module.css';
import { hasOnlyGuide, offeredStarter } from './offer.ts';
import { Offer } from './Offer.tsx';

export interface BetterModelCardProps {
  readonly chatId: string | undefined;
  /** A running conversation is not interrupted by an offer, only told how the download goes. */
  readonly hasTurns: boolean;
}

/** While Guide is the only model: one that suits this machine, got and gone on with right here. */
export function BetterModelCard({ chatId, hasTurns }: BetterModelCardProps) {
  const { t } = useTranslation();
  const isNeeded = useModels((state) => hasOnlyGuide(state.models));
  const mayAsk = useMayAsk();
  const { isDismissed, downloadId } = useBetterModel();
  const offer = useHub((state) => offeredStarter(state.starters, state.startersFreshness));
  const download = useDownloads(({ downloads }) =>
    downloadId === undefined
      ? offer && downloadOf(downloads, offer.repo, offer.variant)
      : downloads?.find((known) => known.id === downloadId),
  );
  const isWanted = isNeeded && mayAsk && !isDismissed;
  useEffect(() => {
    if (isWanted) wantStarters();
  }, [isWanted]);
  useEffect(() => {
    // Whichever chat is on screen when it arrives goes on with it.
    useBetterModel.setState({ chatId });
  }, [chatId]);

  if (!isNeeded) return null;
  if (download !== undefined && isUnfinished(download)) {
    return (
      <section
        ref={takeLostFocus}
        tabIndex={-1}
        aria-label={t('chat.better.label')}
        className={styles['card']}
      >
        <DownloadLine download={download} isFirst />
        <p className={styles['quiet']}>{t('chat.better.meanwhile')}</p>
      </section>
    );
  }
  if (!isWanted || hasTurns || offer === undefined) return null;
  return (
    <section aria-label={t('chat.better.label')} className={styles['card']}>
      <Offer starter={offer} />
    </section>
  );
}

/** The button that was pressed is gone; its focus goes to what came in its place. */
function takeLostFocus(card: HTMLElement | null): void {
  if (document.activeElement === document.body) card?.focus();
}

/** Whether the hub may be asked at all; when in doubt it is not. */
function useMayAsk(): boolean {
  const isLocalOnly = useSettings(({ settings }) => settings?.localOnly ?? true);
  const isOpen = useHub(({ status }) => status !== undefined && status.closedBy === undefined);
  return isOpen && !isLocalOnly;
}
