import { useTranslation } from 'react-i18next';
import { effectiveKeys, useShortcuts } from '../state/shortcuts.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import styles from './ShortcutsDialog.module.css';

export interface ShortcutsDialogProps {
  readonly onClose: () => void;
}

/** Every shortcut that works on this page, as it is typed on this keyboard. */
export function ShortcutsDialog({ onClose }: ShortcutsDialogProps) {
  const { t } = useTranslation();
  const shortcuts = useShortcuts((state) => state.shortcuts);
  const rows = new Map(
    [...shortcuts.values()].map((shortcut) => [shortcut.labelKey, effectiveKeys(shortcut)]),
  );
  return (
    <Dialog title={t('frame.shortcuts.title')} onClose={onClose}>
      <dl className={styles['list']}>
        {[...rows].map(([labelKey, keys]) => (
          <div key={labelKey} className={styles['row']}>
            <dt>{t(labelKey)}</dt>
            <dd>
              <Kbd keys={keys} />
            </dd>
          </div>
        ))}
        <div className={styles['row']}>
          <dt>{t('frame.shortcuts.close')}</dt>
          <dd>
            <Kbd keys="Escape" />
          </dd>
        </div>
      </dl>
    </Dialog>
  );
}
