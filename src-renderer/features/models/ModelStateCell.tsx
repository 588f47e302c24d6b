import { Cloud } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { modelTones } from '../../state/model-words.ts';
import { FitBadge } from '../../ui/FitBadge.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { StateBadge } from '../../ui/StateBadge.tsx';
import styles from './ModelStateCell.module.css';
import { useFit } from './use-fits.ts';

export interface ModelStateCellProps {
  readonly model: InstalledModel;
}

/** What this machine does with the model: its state while loaded, whether it would fit otherwise. */
export function ModelStateCell({ model }: ModelStateCellProps) {
  const { t } = useTranslation();
  const fit = useFit(model);
  const { phase } = model.state;
  if (model.problem !== undefined) {
    return <StateBadge tone="fail">{t('models.unusable')}</StateBadge>;
  }
  if (model.server?.runsElsewhere === true) {
    return (
      <span className={styles['elsewhere']}>
        <Icon of={Cloud} size={14} />
        {t('models.runsElsewhere')}
      </span>
    );
  }
  if (phase === 'installed' && fit !== undefined) return <FitBadge verdict={fit.verdict} />;
  return <StateBadge tone={modelTones[phase]}>{t(`common.modelState.${phase}`)}</StateBadge>;
}
