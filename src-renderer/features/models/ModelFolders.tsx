import { FolderOpen } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { FoundStore } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useMachine } from '../../state/machine.ts';
import { useModels } from '../../state/models.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Link } from '../../ui/Link.tsx';
import { Note } from '../../ui/Note.tsx';
import { summarise } from './found/found-summary.ts';
import { storeNames } from './store-names.ts';
import styles from './ModelFolders.module.css';

export interface ModelFoldersProps {
  readonly stores: readonly FoundStore[];
  /** Opens the choice of other programs' files. */
  readonly onChoose: () => void;
}

/** Where models are looked for: our folder, further ones, and those of other programs. */
export function ModelFolders({ stores, onChoose }: ModelFoldersProps) {
  const { t } = useTranslation();
  const folder = useMachine(({ system }) => system?.modelsFolder);
  if (folder === undefined) return null;
  return (
    <>
      <section aria-label={t('models.folder')} className={styles['folder']}>
        <Icon of={FolderOpen} />
        <div className={styles['text']}>
          <p>{t('models.folderHint')}</p>
          <p className={styles['path']}>
            <code>{folder}</code>
          </p>
        </div>
        <CopyButton text={folder} label={t('models.copyFolder')} variant="plain" />
      </section>
      <OtherPrograms stores={stores} onChoose={onChoose} />
    </>
  );
}

function OtherPrograms({ stores, onChoose }: ModelFoldersProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { usedKinds } = summarise(stores);
  if (stores.length === 0) return null;
  return (
    <p className={styles['programs']}>
      {usedKinds.length === 0
        ? t('models.foundStores.noneUsed')
        : t('models.foundStores.used', { names: storeNames(usedKinds, format.locale) })}
      <Button size="row" onClick={onChoose}>
        {t('models.foundStores.change')}
      </Button>
    </p>
  );
}

/** Folders that are gone or may not be read, and with them their models. */
export function FolderProblems() {
  const { t } = useTranslation();
  const folders = useModels((state) => state.folders);
  const troubled = folders.filter(({ problem }) => problem !== undefined);
  return troubled.map(({ path, problem }) => (
    <Note
      key={path}
      tone="slow"
      title={sentence(problem ?? '')}
      actions={
        <Link to={{ page: 'settings', section: 'models' }}>{t('models.changeFolders')}</Link>
      }
    >
      <code>{path}</code>
    </Note>
  ));
}
