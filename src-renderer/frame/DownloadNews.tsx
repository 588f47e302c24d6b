import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import type { Download } from '../api.ts';
import { useFormat } from '../i18n/format.ts';
import { navigate } from '../router.ts';
import { isUnfinished, onDownloadFinished, shareDone, useDownloads } from '../state/downloads.ts';
import { forgetNewChat, useNewChat } from '../state/new-chat.ts';
import { showToastWith } from '../state/toasts.ts';

const none: readonly Download[] = [];

/** Says on every page how downloads go: aloud at each quarter and change, as a toast at the end. */
export function DownloadNews() {
  const downloads = useDownloads((state) => state.downloads) ?? none;
  useFinishToast();
  return (
    <div aria-live="polite" className="visually-hidden">
      {downloads.filter(isUnfinished).map((download) => (
        <SpokenDownload key={download.id} download={download} />
      ))}
    </div>
  );
}

/** Its text changes at each 25 % and at each change of state, and only then. */
function SpokenDownload({ download }: { readonly download: Download }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, state, error } = download;
  const quarter = Math.floor(shareDone(download) * 4) / 4;
  if (state === 'failed') {
    return <p>{t('discover.spoken.failed', { name, reason: error?.message ?? '' })}</p>;
  }
  if (state !== 'running') {
    return <p>{t('discover.spoken.state', { name, state: t(`discover.state.${state}`) })}</p>;
  }
  return (
    <p>
      {quarter === 0
        ? t('discover.spoken.begin', { name })
        : t('discover.spoken.quarter', { name, percent: format.percent(quarter) })}
    </p>
  );
}

function useFinishToast(): void {
  const { t } = useTranslation();
  useEffect(
    () =>
      onDownloadFinished(({ name, modelId }, isExpected) => {
        if (isExpected) return;
        // A refusal arrives as the model's own state, with its reason.
        const load = (id: string) => void api.models.load({ id }).catch(() => undefined);
        const actions =
          modelId === undefined
            ? []
            : [
                {
                  label: t('discover.finished.load'),
                  run: () => {
                    load(modelId);
                  },
                },
                {
                  label: t('discover.finished.chat'),
                  run: () => {
                    forgetNewChat();
                    useNewChat.setState({ model: modelId });
                    navigate({ page: 'chat' });
                    load(modelId);
                  },
                },
              ];
        showToastWith(t('discover.finished.toast', { name }), actions);
      }),
    [t],
  );
}
