import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Alert } from '../api.ts';
import { sentence } from '../i18n/sentence.ts';
import { navigate } from '../router.ts';
import type { Route } from '../router.ts';
import { useAlerts } from '../state/alerts.ts';
import { showNotice } from '../state/desktop-notices.ts';
import { showToastWith } from '../state/toasts.ts';

/** Says on every page, and on the desktop where that is wanted, what has just gone wrong at the gateway. */
export function AlertNews() {
  const { t } = useTranslation();
  const raised = useAlerts((state) => state.raised);
  useEffect(() => {
    if (raised === undefined) return;
    const look = () => {
      navigate(placeOf(raised));
    };
    const title = t(`alerts.kind.${raised.kind}`);
    showToastWith(`${title}: ${sentence(raised.message)}`, [
      { label: t('alerts.look'), run: look },
    ]);
    showNotice(title, sentence(raised.message), look);
  }, [raised, t]);
  return null;
}

function placeOf({ kind }: Alert): Route {
  switch (kind) {
    case 'node-offline':
      return { page: 'pool' };
    case 'budget':
      return { page: 'server', tab: 'keys' };
    case 'breaker':
      return { page: 'server', tab: 'providers' };
    case 'error-rate':
    case 'store':
      return { page: 'activity' };
  }
}
