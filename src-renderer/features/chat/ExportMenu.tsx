import { Braces, Download, FileText } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { Menu, MenuItem } from '../../ui/Menu.tsx';
import { exportChat } from './state/deeds.ts';
import type { ExportFormat } from './state/deeds.ts';

export interface ExportMenuProps {
  readonly chatId: string;
}

/** A chat as a file: the branch on screen to read, or the whole tree to keep. */
export function ExportMenu({ chatId }: ExportMenuProps) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(undefined);
  const close = () => {
    setError(undefined);
  };
  const save = (format: ExportFormat) => {
    exportChat(chatId, format).catch(setError);
  };
  return (
    <>
      <Menu trigger={<IconButton icon={Download} label={t('chat.export.label')} />}>
        <MenuItem
          icon={FileText}
          onSelect={() => {
            save('markdown');
          }}
        >
          {t('chat.export.markdown')}
        </MenuItem>
        <MenuItem
          icon={Braces}
          onSelect={() => {
            save('json');
          }}
        >
          {t('chat.export.json')}
        </MenuItem>
      </Menu>
      {error !== undefined && (
        <Dialog
          title={t('chat.export.label')}
          onClose={close}
          actions={<Button onClick={close}>{t('chat.close')}</Button>}
        >
          <ErrorNote error={error} title={t('chat.export.failed')} />
        </Dialog>
      )}
    </>
  );
}
