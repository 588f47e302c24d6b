import { Cloud } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { modelTones } from '../../state/model-words.ts';
import { FitBadge } from '../../ui/FitBadge.tsx';
import { StateBadge } from '../../ui/StateBadge.tsx';
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
      <StateBadge tone="work" icon={Cloud}>
        {t('models.runsElsewhere')}
      </StateBadge>
    );
  }
  if (phase === 'installed' && fit !== undefined) return <FitBadge verdict={fit.verdict} />;
  return <StateBadge tone={modelTones[phase]}>{t(`common.modelState.${phase}`)}</StateBadge>;
}
