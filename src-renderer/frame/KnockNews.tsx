import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { belowBase } from '../base-path.ts';
import { navigate, parseRoute } from '../router.ts';
import { usePools } from '../state/pools.ts';
import { showToastWith } from '../state/toasts.ts';

/** Says on every page that somebody asks to join; the answer is given on the Pool page. */
export function KnockNews() {
  const { t } = useTranslation();
  const knocks = usePools((state) => state.knocks);
  const told = useRef(new Set<string>());
  useEffect(() => {
    const fresh = knocks.find(({ id }) => !told.current.has(id));
    told.current = new Set(knocks.map(({ id }) => id));
    // On the Pool page the card itself says it.
    if (fresh === undefined || isOnPoolPage()) return;
    const who = fresh.personName === '' ? fresh.deviceName : fresh.personName;
    showToastWith(t('frame.knock', { who }), [
      {
        label: t('frame.knockLook'),
        run: () => {
          navigate({ page: 'pool' });
        },
      },
    ]);
  }, [knocks, t]);
  return null;
}

function isOnPoolPage(): boolean {
  return parseRoute(belowBase(globalThis.location.pathname)).page === 'pool';
}
