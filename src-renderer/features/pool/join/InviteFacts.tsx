import { useTranslation } from 'react-i18next';
import type { InvitePreview } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Facts } from '../../../ui/Facts.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { Words } from './Words.tsx';

export interface InviteFactsProps {
  readonly preview: InvitePreview;
}

/** What an invite says about itself, before anybody is asked anything. */
export function InviteFacts({ preview }: InviteFactsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { gatewayName, ownerName, addresses, fingerprintWords, host, rights, role } = preview;
  return (
    <Facts
      facts={[
        {
          name: t('join.fact.gateway'),
          value: t('join.fact.gatewayOf', { gatewayName, ownerName }),
        },
        { name: t('join.fact.address'), value: <code>{addresses.join(' · ')}</code> },
        {
          name: t('join.fact.knownBy'),
          value:
            fingerprintWords === undefined ? (
              t('join.fact.host', { host: host ?? '' })
            ) : (
              <Words words={fingerprintWords} />
            ),
        },
        { name: t('join.fact.rights'), value: t(`join.rights.${rights}`) },
        { name: t('join.fact.role'), value: t(`pool.role.${role}`) },
        ...(preview.expiresAt === undefined
          ? []
          : [{ name: t('join.fact.until'), value: format.until(preview.expiresAt, now) }]),
      ]}
    />
  );
}
