import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { Button } from '../../ui/Button.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { StateBadge } from '../../ui/StateBadge.tsx';
import { useNow } from '../../ui/use-now.ts';
import styles from './ModelCheck.module.css';

export interface ModelCheckProps {
  readonly name: string;
  readonly check: NonNullable<InstalledModel['check']>;
  readonly onRepair: () => void;
}

/** Reading the files again: how far it has come, and what came of it. */
export function ModelCheck({ name, check, onRepair }: ModelCheckProps) {
  switch (check.phase) {
    case 'checking':
    case 'repairing':
      return <CheckProgress name={name} check={check} />;
    case 'sound':
      return <SoundLine check={check} />;
    case 'damaged':
      return <DamagedLine check={check} onRepair={onRepair} />;
  }
}

type CheckIn<Phase> = Extract<ModelCheckProps['check'], { phase: Phase }>;

interface CheckProgressProps {
  readonly name: string;
  readonly check: CheckIn<'checking' | 'repairing'>;
}

function CheckProgress({ name, check }: CheckProgressProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const label = t(`models.check.${check.phase}`, { name });
  const quarter = Math.floor(check.share * 4) * 25;
  return (
    <div className={styles['progress']}>
      <span>{t(`models.check.${check.phase}Short`)}</span>
      <Progress label={label} share={check.share} height="thin" />
      <b>{format.percent(check.share)}</b>
      <span role="status" className="visually-hidden">
        {t('models.check.quarter', { label, percent: quarter })}
      </span>
    </div>
  );
}

function SoundLine({ check }: { readonly check: CheckIn<'sound'> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <p className={styles['line']} role="status">
      <StateBadge tone="ok">{t('models.check.sound')}</StateBadge>
      <span>
        {t(check.isKnown ? 'models.check.soundAt' : 'models.check.readableAt', {
          time: format.moment(check.at, now),
        })}
      </span>
    </p>
  );
}

interface DamagedLineProps {
  readonly check: CheckIn<'damaged'>;
  readonly onRepair: () => void;
}

function DamagedLine({ check, onRepair }: DamagedLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <p className={styles['line']} role="status">
      <StateBadge tone="fail">{t('models.check.damaged')}</StateBadge>
      <span>
        {t(check.canRepair ? 'models.check.damagedBytes' : 'models.check.damagedForGood', {
          size: format.bytes(check.badBytes),
        })}
      </span>
      {check.canRepair && (
        <Button size="row" onClick={onRepair}>
          {t('models.repair')}
        </Button>
      )}
    </p>
  );
}
