import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sentence } from '../../../i18n/sentence.ts';
import { useMachine } from '../../../state/machine.ts';
import { refreshModels, useModels } from '../../../state/models.ts';
import { updateSettings, useSettings } from '../../../state/settings.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { PathForm } from '../PathForm.tsx';
import styles from './FoldersRow.module.css';

/** The folders that are searched for models: our own, and as many more as somebody likes. */
export function FoldersRow() {
  const { t } = useTranslation();
  const deed = useDeed();
  const own = useMachine(({ system }) => system?.modelsFolder);
  const folders = useSettings(({ settings }) => settings?.modelFolders) ?? [];
  const [typed, setTyped] = useState('');

  function keep(modelFolders: readonly string[]): Promise<boolean> {
    return deed.run(async () => {
      await updateSettings({ modelFolders: [...modelFolders] });
      // Whether the folder is there at all comes with the list.
      await refreshModels();
    });
  }

  async function add(path: string): Promise<void> {
    if (await keep([...new Set([...folders, path])])) setTyped('');
  }

  return (
    <section aria-label={t('settings.folders')} className={styles['folders']}>
      <h3>{t('settings.folders')}</h3>
      <p className={styles['effect']}>{t('settings.foldersEffect')}</p>
      <ul>
        {own !== undefined && <FolderLine path={own} note={t('settings.ownFolder')} />}
        {folders.map((path) => (
          <FolderLine
            key={path}
            path={path}
            onRemove={() => void keep(folders.filter((other) => other !== path))}
          />
        ))}
      </ul>
      <PathForm
        label={t('settings.addFolder')}
        button={t('settings.add')}
        value={typed}
        isBusy={deed.isBusy}
        onChange={setTyped}
        onSubmit={(path) => void add(path)}
      />
      {deed.error && <ErrorNote error={deed.error} title={t('settings.notKept')} />}
    </section>
  );
}

interface FolderLineProps {
  readonly path: string;
  readonly note?: string;
  readonly onRemove?: () => void;
}

function FolderLine({ path, note, onRemove }: FolderLineProps) {
  const { t } = useTranslation();
  const problem = useModels(({ folders }) => folders.find((f) => f.path === path)?.problem);
  return (
    <li className={styles['line']}>
      <span className={styles['path']}>
        <code>{path}</code>
        {note !== undefined && <span className={styles['effect']}>{note}</span>}
        {problem !== undefined && (
          <StateBadge tone="slow" className={styles['problem']}>
            {sentence(problem)}
          </StateBadge>
        )}
      </span>
      {onRemove && (
        <IconButton
          size="row"
          icon={Trash2}
          label={t('settings.removeFolder', { path })}
          onClick={onRemove}
        />
      )}
    </li>
  );
}
