import { useTranslation } from 'react-i18next';
import type { Starter } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { fetchStarters, useHub } from '../../state/hub.ts';
import { PageSection } from '../../ui/Page.tsx';
import { FitTable } from './fit-table/FitTable.tsx';
import type { FitRowData } from './fit-table/fit-row.ts';
import { HubProblem } from './hub/HubProblem.tsx';
import { concernsHub } from './hub/hub-trouble.ts';
import { RowsSkeleton } from './RowsSkeleton.tsx';

/** A handful that suit this machine, each against its limits. */
export function Starters() {
  const { t } = useTranslation();
  const format = useFormat();
  const starters = useHub((state) => state.starters);
  const error = useHub((state) => state.startersError);
  const isAsking = useHub((state) => state.isAsking);
  const contextLength = starters?.find(({ fit }) => fit !== undefined)?.fit?.contextLength;
  const rows = starters?.map((starter) => rowOf(starter, t));

  return (
    <PageSection
      title={t('discover.starters.title')}
      aside={
        contextLength !== undefined &&
        t('discover.starters.context', { tokens: format.count(contextLength) })
      }
    >
      {error !== undefined && !concernsHub(error) && (
        <HubProblem
          problem={error}
          title={t('discover.starters.failed')}
          onRetry={() => void fetchStarters()}
        />
      )}
      {rows === undefined && isAsking && <RowsSkeleton count={5} />}
      {rows !== undefined && rows.length > 0 && (
        <FitTable
          label={t('discover.starters.title')}
          nameHead={t('discover.column.model')}
          rows={rows}
        />
      )}
    </PageSection>
  );
}

function rowOf(starter: Starter, t: (key: string) => string): FitRowData {
  const { repo, variant, name, purpose, sizeBytes, isRecommended, fit, installedId } = starter;
  return {
    repo,
    variant,
    title: name,
    spokenName: `${name} ${variant}`,
    detail: t(`discover.purpose.${purpose}`),
    sizeBytes,
    isRecommended,
    fit,
    installedId,
    to: { page: 'discover', repo },
  };
}
