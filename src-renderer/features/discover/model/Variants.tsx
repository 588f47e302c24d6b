import { useTranslation } from 'react-i18next';
import type { HubModel, HubVariant } from '../../../api.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { FitTable } from '../fit-table/FitTable.tsx';
import type { FitRowData } from '../fit-table/fit-row.ts';

export interface VariantsProps {
  readonly model: HubModel;
  /** The one whose files are listed below. */
  readonly shown: HubVariant | undefined;
  readonly isAsking: boolean;
  readonly onChoose: (variant: string) => void;
}

/** The sizes of a model in words, each against this machine. */
export function Variants({ model, shown, isAsking, onChoose }: VariantsProps) {
  const { t } = useTranslation();
  if (model.variants.length === 0) {
    return (
      <EmptyState title={t('discover.model.noVariantTitle')}>
        {t('discover.model.noVariant')}
      </EmptyState>
    );
  }
  const fitting = model.variants.find(
    ({ isRecommended, fit }) => isRecommended && fit?.verdict === 'fits',
  );
  const rows = model.variants.map((variant): FitRowData => {
    const word = t(`discover.tier.${variant.tier}`);
    return {
      repo: model.repo,
      variant: variant.id,
      title: word,
      spokenName: `${model.name} ${variant.id}`,
      ...(variant.id !== 'main' && { mark: variant.id }),
      detail: detailOf(variant, t),
      sizeBytes: variant.sizeBytes,
      isRecommended: variant.isRecommended,
      fit: variant.fit,
      installedId: variant.installedId,
      instead: fitting?.id,
    };
  });
  return (
    <section aria-label={t('discover.model.sizes')} aria-busy={isAsking}>
      <FitTable
        label={t('discover.model.sizes')}
        nameHead={t('discover.column.size')}
        rows={rows}
        chosen={shown?.id}
        onChoose={onChoose}
        hasPrimary
        pageUrl={model.pageUrl}
      />
    </section>
  );
}

/** What is lost against the original, and whether it comes with the file that lets it see. */
function detailOf(variant: HubVariant, t: (key: string) => string): string {
  const isCoarse = variant.tier === 'small' && /(?:^|[-_.])I?Q[12]_/i.test(variant.id);
  const loss = t(`discover.tierDetail.${isCoarse ? 'coarse' : variant.tier}`);
  return variant.hasProjector ? `${loss} · ${t('discover.model.withEyes')}` : loss;
}
