import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { HubVariant } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useMachine } from '../../../state/machine.ts';
import { useSettings } from '../../../state/settings.ts';
import { Facts } from '../../../ui/Facts.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { ArrivingFiles } from './ArrivingFiles.tsx';
import styles from './WhatArrives.module.css';

export interface WhatArrivesProps {
  readonly variant: HubVariant;
}

/** Which files come, how they are checked, where they go and whether the disk has room. */
export function WhatArrives({ variant }: WhatArrivesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const system = useMachine((state) => state.system);
  const chosenFolder = useSettings(({ settings }) => settings?.downloadFolder ?? '');
  const folder = chosenFolder === '' ? system?.modelsFolder : chosenFolder;
  const disk = system?.machine.disk;
  const missingBytes = disk === undefined ? 0 : variant.sizeBytes - disk.freeBytes;
  return (
    <PageSection title={t('discover.arrives.title')} className={styles['arrives']}>
      <Facts
        facts={[
          {
            name: t('discover.arrives.files', { count: variant.files.length }),
            value: <ArrivingFiles key={variant.id} files={variant.files} />,
          },
          ...(variant.files.length > 1
            ? [{ name: t('discover.arrives.size'), value: format.bytes(variant.sizeBytes) }]
            : []),
          { name: t('discover.arrives.checked'), value: <CheckedBy variant={variant} /> },
          ...factIf(t('discover.arrives.goesTo'), folder, <code>{folder}</code>),
          ...factIf(
            t('discover.arrives.disk'),
            disk,
            t('discover.machine.free', { size: format.bytes(disk?.freeBytes) }),
          ),
        ]}
      />
      {missingBytes > 0 && (
        <p className={styles['missing']}>
          {t('discover.arrives.noRoom', { size: format.bytes(missingBytes) })}
        </p>
      )}
    </PageSection>
  );
}

function factIf(name: string, known: unknown, value: ReactNode) {
  return known === undefined ? [] : [{ name, value }];
}

/** The hub's own checksum; the beginning and the end are enough to compare by eye. */
function CheckedBy({ variant }: WhatArrivesProps) {
  const { t } = useTranslation();
  const sums = variant.files.flatMap(({ sha256 }) => (sha256 === undefined ? [] : [sha256]));
  const [first] = sums;
  if (first === undefined) return t('discover.arrives.sizeOnly');
  return (
    <>
      <code title={first}>{`sha256 ${first.slice(0, 8)}…${first.slice(-4)}`}</code>
      {sums.length > 1 && t('discover.arrives.andMore', { count: sums.length - 1 })}
    </>
  );
}
