import { FolderOpen } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useMachine } from '../../state/machine.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Icon } from '../../ui/Icon.tsx';
import styles from './ModelsFolder.module.css';

/** Where files of one's own go. */
export function ModelsFolder() {
  const { t } = useTranslation();
  const folder = useMachine(({ system }) => system?.modelsFolder);
  if (folder === undefined) return null;
  return (
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
  );
}
