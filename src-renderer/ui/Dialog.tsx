import { useEffect, useId, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { FloatContainer } from './float-container.ts';
import { Icon } from './Icon.tsx';
import styles from './Dialog.module.css';

export interface DialogProps {
  /** Names the deed. */
  readonly title: string;
  readonly children: ReactNode;
  /** Buttons, the deed last. */
  readonly actions?: ReactNode;
  readonly size?: 'small' | 'medium' | 'large';
  readonly onClose: () => void;
}

/**
 * A native modal: it keeps the focus, Escape and ✕ close it, and the focus goes back to where it was.
 * Render it only while it is open.
 */
export function Dialog({ title, children, actions, size = 'small', onClose }: DialogProps) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const [container, setContainer] = useState<HTMLElement | null>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    if (element !== null) firstStop(element)?.focus();
    setContainer(element);
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles['dialog']}
      data-size={size}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header className={styles['header']}>
        <h2 id={titleId}>{title}</h2>
        {/* No tooltip: it would take the Escape that is meant for the dialog. */}
        <button
          type="button"
          aria-label={t('common.close')}
          className={styles['close']}
          onClick={onClose}
        >
          <Icon of={X} />
        </button>
      </header>
      <FloatContainer value={container}>
        <div className={styles['body']}>{children}</div>
        {actions !== undefined && <footer className={styles['footer']}>{actions}</footer>}
      </FloatContainer>
    </dialog>
  );
}

/** Where the focus goes first: what asks for it, else the first field, else the deed. */
function firstStop(dialog: HTMLElement): HTMLElement | undefined {
  return (
    dialog.querySelector<HTMLElement>('[data-autofocus]') ??
    dialog.querySelector<HTMLElement>('input, select, textarea') ??
    [...dialog.querySelectorAll<HTMLElement>('footer button')].at(-1)
  );
}
