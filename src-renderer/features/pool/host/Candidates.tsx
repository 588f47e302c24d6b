import { useTranslation } from 'react-i18next';
import type { Reach } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { PageSection } from '../../../ui/Page.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import type { Tone } from '../../../ui/StateBadge.tsx';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { useNow } from '../../../ui/use-now.ts';
import styles from './Candidates.module.css';

type Candidate = Reach['candidates'][number];

export interface CandidatesProps {
  readonly candidates: readonly Candidate[];
}

const tones: Readonly<Record<Candidate['verdict'], Tone>> = {
  seen: 'ok',
  open: 'rest',
  unknown: 'rest',
  closed: 'fail',
};

/** Every address that an invite lists, with what has been seen of it. */
export function Candidates({ candidates }: CandidatesProps) {
  const { t } = useTranslation();
  return (
    <PageSection title={t('host.reach.addresses')}>
      <Table label={t('host.reach.addresses')}>
        <thead>
          <tr>
            <HeadCell>{t('host.reach.address')}</HeadCell>
            <HeadCell className={styles['wide']}>{t('host.reach.kind')}</HeadCell>
            <HeadCell>{t('host.reach.seen')}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {candidates.map((candidate) => (
            <tr key={candidate.address}>
              <Cell>
                <code className={styles['address']}>{candidate.address}</code>
              </Cell>
              <Cell className={styles['wide']}>{t(`host.reach.kinds.${candidate.kind}`)}</Cell>
              <Cell>
                <Seen candidate={candidate} />
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </PageSection>
  );
}

function Seen({ candidate }: { readonly candidate: Candidate }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  const { verdict, seenFrom, seenAt } = candidate;
  const words =
    verdict === 'seen' && seenFrom !== undefined
      ? t(`host.reach.from.${seenFrom}`)
      : t(`host.reach.is.${verdict}`);
  return (
    <>
      <StateBadge tone={tones[verdict]}>{words}</StateBadge>
      {seenAt !== undefined && <span className={styles['when']}>{format.ago(seenAt, now)}</span>}
    </>
  );
}
