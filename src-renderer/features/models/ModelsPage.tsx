import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { refreshModels, rescanModels, useModels } from '../../state/models.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Page } from '../../ui/Page.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import type { Deed } from '../../ui/use-deed.ts';
import { LoadedModels } from './LoadedModels.tsx';
import { ModelPanel } from './ModelPanel.tsx';
import { ModelsFolder } from './ModelsFolder.tsx';
import { ModelsTable } from './ModelsTable.tsx';

/** What is on this disk, what is loaded, and what it really takes. */
export function ModelsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { models, error } = useModels();
  const [filter, setFilter] = useState('');
  const [openId, setOpenId] = useState<string>();
  const rescan = useDeed();
  const open = models?.find((model) => model.id === openId);
  const totalBytes = models?.reduce((sum, model) => sum + (model.sizeBytes ?? 0), 0);

  return (
    <Page
      title={t('frame.page.models')}
      aside={
        models && (
          <span>
            {t('models.summary', { count: models.length, size: format.bytes(totalBytes) })}
          </span>
        )
      }
      actions={
        <>
          <SearchField label={t('models.filter')} value={filter} onChange={setFilter} />
          <RescanButton deed={rescan} />
        </>
      }
      panel={
        open && (
          <ModelPanel
            key={open.id}
            model={open}
            onClose={() => {
              setOpenId(undefined);
            }}
          />
        )
      }
    >
      {rescan.error && <ErrorNote error={rescan.error} title={t('models.rescanFailed')} />}
      {error !== undefined && models === undefined && (
        <ErrorNote
          error={error}
          title={t('models.listFailed')}
          actions={<Button onClick={() => void refreshModels()}>{t('common.tryAgain')}</Button>}
        />
      )}
      {models !== undefined && (
        <>
          <LoadedModels models={models} />
          <ModelsTable models={models} filter={filter} openId={openId} onOpen={setOpenId} />
          <ModelsFolder />
        </>
      )}
    </Page>
  );
}

/** Looks at the models folder again and says what it found. */
function RescanButton({ deed }: { readonly deed: Deed }) {
  const { t } = useTranslation();
  async function lookAgain(): Promise<void> {
    const countModels = () => useModels.getState().models?.length ?? 0;
    const before = countModels();
    await rescanModels();
    const found = countModels() - before;
    showToast(found > 0 ? t('models.found', { count: found }) : t('models.foundNothing'));
  }
  return (
    <Button
      icon={RefreshCw}
      busyLabel={deed.isBusy ? t('models.looking') : undefined}
      onClick={() => void deed.run(lookAgain)}
    >
      {t('models.rescan')}
    </Button>
  );
}
