import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './IconButton.tsx';
import { useKey } from './use-key.ts';
import styles from './SidePanel.module.css';

export interface SidePanelProps {
  readonly title: string;
  /** Under the title: what the panel speaks of. */
  readonly subtitle?: ReactNode;
  readonly children: ReactNode;
  readonly onClose: () => void;
  /** The panel takes the focus when it opens, for panels that a key opens. */
  readonly takesFocus?: boolean;
}

/** Details at the right of the content; lies over the page when there is no room beside it. */
export function SidePanel({
  title,
  subtitle,
  children,
  onClose,
  takesFocus = false,
}: SidePanelProps) {
  const { t } = useTranslation();
  const titleId = useId();
  const panel = useRef<HTMLElement>(null);
  useKey(panel, 'Escape', onClose);
  useEffect(() => {
    if (!takesFocus) return undefined;
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [takesFocus]);
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      data-region
      aria-labelledby={titleId}
      className={styles['panel']}
    >
      <header className={styles['header']}>
        <div className={styles['titles']}>
          <h2 id={titleId}>{title}</h2>
          {subtitle !== undefined && <p className={styles['subtitle']}>{subtitle}</p>}
        </div>
        <IconButton label={t('common.close')} icon={X} shortcut="Escape" onClick={onClose} />
      </header>
      <div className={styles['body']}>{children}</div>
    </aside>
  );
}
