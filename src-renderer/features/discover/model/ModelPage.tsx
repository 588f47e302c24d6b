import { useState } from 'react';
import type { Aim, HubModel } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useHub } from '../../../state/hub.ts';
import { Page } from '../../../ui/Page.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { useTranslation } from 'react-i18next';
import { DownloadDock } from '../downloads/DownloadDock.tsx';
import { HubProblem } from '../hub/HubProblem.tsx';
import { StaleNote } from '../hub/StaleNote.tsx';
import { RowsSkeleton } from '../RowsSkeleton.tsx';
import { BackButton } from './BackButton.tsx';
import { GatedNote } from './GatedNote.tsx';
import { LeanSlider } from './LeanSlider.tsx';
import { ModelCard } from './ModelCard.tsx';
import styles from './ModelPage.module.css';
import { ModelTags } from './ModelTags.tsx';
import { useHubModel } from './use-hub-model.ts';
import { shownVariant } from './variant-fits.ts';
import { Variants } from './Variants.tsx';
import { WhatArrives } from './WhatArrives.tsx';

export interface ModelPageProps {
  readonly repo: string;
  readonly wantedVariant: string | undefined;
}

/** One model of the hub: its sizes against this machine, what it is, and what would arrive. */
export function ModelPage({ repo, wantedVariant }: ModelPageProps) {
  const { t } = useTranslation();
  const [aim, setAim] = useState<Aim>('context');
  const [chosen, setChosen] = useState<string>();
  const { model, error, isAsking, retry } = useHubModel(repo, aim);
  const [author = '', name = ''] = repo.split('/');
  const endpoint = useHub((state) => state.status?.endpoint);
  const pageUrl = model?.pageUrl ?? (endpoint === undefined ? undefined : `${endpoint}/${repo}`);
  const shown = shownVariant(model?.variants ?? [], chosen, wantedVariant);
  return (
    <Page
      before={<BackButton />}
      title={model?.name ?? name}
      aside={<ModelTags author={model?.author ?? author} model={model} />}
      actions={model && <Popularity model={model} />}
      dock={<DownloadDock />}
    >
      {error !== undefined && (
        <HubProblem
          problem={error}
          title={t('discover.model.failed', { repo })}
          pageUrl={pageUrl}
          onRetry={retry}
        />
      )}
      {error === undefined && model?.freshness.isStale === true && (
        <StaleNote freshness={model.freshness} onRetry={retry} />
      )}
      {model === undefined && isAsking && <RowsSkeleton count={5} />}
      {model !== undefined && (
        <>
          {model.isGated && error === undefined && <GatedNote model={model} />}
          <LeanSlider aim={aim} onAim={setAim} variants={model.variants} />
          <Variants model={model} shown={shown} isAsking={isAsking} onChoose={setChosen} />
          <div className={styles['columns']}>
            <ModelCard model={model} />
            {shown !== undefined && <WhatArrives variant={shown} />}
          </div>
        </>
      )}
    </Page>
  );
}

function Popularity({ model }: { readonly model: HubModel }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <p className={styles['popularity']}>
      {t('discover.hub.downloads', { size: format.compact(model.downloads) })}
      {model.updatedAt !== undefined &&
        ` · ${t('discover.model.updated', { time: format.moment(model.updatedAt, now) })}`}
    </p>
  );
}
