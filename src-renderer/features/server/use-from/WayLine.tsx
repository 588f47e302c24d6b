import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { tryGateway } from '../../../api.ts';
import { gatewayUrl } from '../../../base-path.ts';
import { usePools } from '../../../state/pools.ts';
import { useAnswer } from '../../../state/use-answer.ts';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import type { Tone } from '../../../ui/StateBadge.tsx';
import type { Way } from './addresses.ts';
import styles from './UseFrom.module.css';

export interface WayLineProps {
  readonly way: Way;
}

/** One way: where it leads, whether it was seen to work, and what it takes. */
export function WayLine({ way }: WayLineProps) {
  const { t } = useTranslation();
  const certificate = way.certificate ?? 'none';
  return (
    <p className={styles['way']}>
      {way.kind === 'joined' ? (
        <StateBadge tone="rest">{t('use-from.tried.joined')}</StateBadge>
      ) : way.url === gatewayUrl() ? (
        <TriedHere url={way.url} />
      ) : way.kind === 'local' ? (
        // The window came in by another door; this one is for programs beside the gateway.
        <StateBadge tone="rest">{t('use-from.tried.beside')}</StateBadge>
      ) : (
        <SeenElsewhere url={way.url} />
      )}
      <span className={styles['hint']}>
        {t(`use-from.wayHint.${way.kind}`)}
        {certificate !== 'none' && ` ${t(`use-from.certificate.${certificate}`)}`}
      </span>
    </p>
  );
}

/** A page may ask its own gateway: it is tried once. */
function TriedHere({ url }: { readonly url: string }) {
  const ask = useCallback((signal: AbortSignal) => tryGateway(url, signal), [url]);
  const { answer, error } = useAnswer(ask);
  const state = error === undefined ? (answer ?? 'trying') : 'failed';
  return <Tried state={state} />;
}

/** Others are known by who came in that way. */
function SeenElsewhere({ url }: { readonly url: string }) {
  const { host } = new URL(url);
  const verdict = usePools(
    ({ reach }) =>
      reach?.candidates.find(({ address }) => new URL(`https://${address}`).host === host)?.verdict,
  );
  return <Tried state={verdict ?? 'unknown'} />;
}

const tones = {
  ...{ trying: 'work', open: 'ok', locked: 'ok', failed: 'fail' },
  ...{ seen: 'ok', unknown: 'waiting', closed: 'fail' },
} as const satisfies Readonly<Record<string, Tone>>;

function Tried({ state }: { readonly state: keyof typeof tones }) {
  const { t } = useTranslation();
  return <StateBadge tone={tones[state]}>{t(`use-from.tried.${state}`)}</StateBadge>;
}
