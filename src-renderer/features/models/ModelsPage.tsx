import { Plus, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { useMachine } from '../../state/machine.ts';
import { refreshModels, rescanModels, useModels } from '../../state/models.ts';
import { leaveFile, useOpenedFile } from '../../state/opened-file.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { Page } from '../../ui/Page.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import type { Deed } from '../../ui/use-deed.ts';
import { forgetFits } from './fits.ts';
import { ChooseStoresDialog } from './found/ChooseStoresDialog.tsx';
import { lookForStores, useFound, useLookForStores } from './found/found-stores.ts';
import { FoundBanner } from './found/FoundBanner.tsx';
import type { DroppedFiles } from './import/dropped-files.ts';
import { ImportDialog } from './import/ImportDialog.tsx';
import { useFileDrop } from './import/use-file-drop.ts';
import { LoadedModels } from './LoadedModels.tsx';
import { FolderProblems, ModelFolders } from './ModelFolders.tsx';
import { ModelPanel } from './ModelPanel.tsx';
import styles from './ModelsPage.module.css';
import { ModelsTable } from './ModelsTable.tsx';
import { diskUse } from './sort-models.ts';

/** What is on this disk, what is loaded, and what it really takes. */
export function ModelsPage() {
  const { t } = useTranslation();
  const models = useModels((state) => state.models);
  const [filter, setFilter] = useState('');
  const [open, setOpen] = useState<{ readonly id: string; readonly part?: 'file' | undefined }>();
  const [importing, setImporting] = useState<{ readonly dropped?: DroppedFiles }>();
  const rescan = useDeed();
  const isDropping = useFileDrop((dropped) => {
    setImporting({ dropped });
  });
  const opened = models?.find((model) => model.id === open?.id);
  return (
    <Page
      title={t('frame.page.models')}
      aside={models && <Figures models={models} />}
      actions={
        <>
          <SearchField label={t('models.filter')} value={filter} onChange={setFilter} />
          <RescanButton deed={rescan} />
          <ImportButton onImport={setImporting} />
        </>
      }
      panel={
        opened && (
          <ModelPanel
            key={`${opened.id} ${open?.part ?? ''}`}
            model={opened}
            part={open?.part}
            onClose={() => {
              setOpen(undefined);
            }}
          />
        )
      }
    >
      {isDropping && <p className={styles['drop']}>{t('models.import.drop')}</p>}
      {rescan.error && <ErrorNote error={rescan.error} title={t('models.rescanFailed')} />}
      {models === undefined ? (
        <NothingYet />
      ) : (
        <Content
          models={models}
          filter={filter}
          openId={opened?.id}
          onOpen={(id, part) => {
            setOpen({ id, part });
          }}
        />
      )}
      <ImportQuestion
        asked={importing}
        onClose={() => {
          setImporting(undefined);
        }}
      />
    </Page>
  );
}

interface ImportQuestionProps {
  /** Undefined while nobody asked for it on this page. */
  readonly asked: { readonly dropped?: DroppedFiles } | undefined;
  readonly onClose: () => void;
}

/** The import dialog, for the button, for dropped files, or for one that was opened with Millpond. */
function ImportQuestion({ asked, onClose }: ImportQuestionProps) {
  const path = useOpenedFile((opened) => opened.path);
  if (asked) return <ImportDialog dropped={asked.dropped} onClose={onClose} />;
  if (path === undefined) return null;
  const opened: DroppedFiles = { kind: 'paths', paths: [path] };
  return <ImportDialog key={path} dropped={opened} onClose={leaveFile} />;
}

/** Before the first answer of the runtime, or instead of it. */
function NothingYet() {
  const { t } = useTranslation();
  const error = useModels((state) => state.error);
  if (error === undefined) {
    return (
      <p role="status" className={styles['waiting']}>
        {t('models.listing')}
      </p>
    );
  }
  return (
    <ErrorNote
      error={error}
      title={t('models.listFailed')}
      actions={<Button onClick={() => void refreshModels()}>{t('common.tryAgain')}</Button>}
    />
  );
}

function ImportButton({ onImport }: { readonly onImport: (importing: object) => void }) {
  const { t } = useTranslation();
  return (
    <Button
      icon={Plus}
      onClick={() => {
        onImport({});
      }}
    >
      {t('models.import.button')}
    </Button>
  );
}

interface ContentProps {
  readonly models: readonly InstalledModel[];
  readonly filter: string;
  readonly openId: string | undefined;
  readonly onOpen: (id: string, part?: 'file') => void;
}

function Content({ models, ...table }: ContentProps) {
  const stores = useFound((found) => found.stores);
  const [isChoosing, setIsChoosing] = useState(false);
  useLookForStores();
  const choose = () => {
    setIsChoosing(true);
  };
  return (
    <>
      {stores && <FoundBanner stores={stores} onChoose={choose} />}
      <FolderProblems />
      <LoadedModels models={models} />
      <ModelsTable models={models} {...table} />
      <ModelFolders stores={stores ?? []} onChoose={choose} />
      {isChoosing && stores && (
        <ChooseStoresDialog
          stores={stores}
          onClose={() => {
            setIsChoosing(false);
          }}
        />
      )}
    </>
  );
}

/** How many there are, what they take of the disk, and what is left of it. */
function Figures({ models }: { readonly models: readonly InstalledModel[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const freeBytes = useMachine(({ system }) => system?.machine.disk?.freeBytes);
  return (
    <span>
      {t('models.summary', { count: models.length, size: format.bytes(diskUse(models)) })}
      {freeBytes !== undefined && ` · ${t('models.diskFree', { size: format.bytes(freeBytes) })}`}
    </span>
  );
}

/** Looks at all folders again, those of other programs too, and says what it found. */
function RescanButton({ deed }: { readonly deed: Deed }) {
  const { t } = useTranslation();
  async function lookAgain(): Promise<void> {
    const countModels = () => useModels.getState().models?.length ?? 0;
    const before = countModels();
    forgetFits();
    await Promise.all([rescanModels(), lookForStores()]);
    const found = countModels() - before;
    showToast(found > 0 ? t('models.found', { count: found }) : t('models.foundNothing'));
  }
  return (
    <IconButton
      icon={RefreshCw}
      variant="plain"
      label={deed.isBusy ? t('models.looking') : t('models.rescan')}
      aria-busy={deed.isBusy || undefined}
      onClick={() => {
        if (!deed.isBusy) void deed.run(lookAgain);
      }}
    />
  );
}
