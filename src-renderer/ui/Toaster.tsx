import { useEffect, useRef, useState } from 'react';
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { dismissToast, undoLast, useToast } from '../state/toasts.ts';
import type { Toast } from '../state/toasts.ts';
import { useShortcut } from '../state/shortcuts.ts';
import { Icon } from './Icon.tsx';
import { useHeld } from './use-held.ts';
import styles from './Toaster.module.css';

/** Seconds that a sentence stays; it waits while it is pointed at or holds the focus. */
const seconds = 10;

/** The one place where toasts appear. Once in the window. */
export function Toaster() {
  const toast = useToast((state) => state.toast);
  useShortcut({ keys: 'mod+Z', labelKey: 'frame.shortcuts.undo', run: undoLast });
  return (
    <div role="status" className={styles['place']}>
      {toast !== undefined && <ToastLine key={toast.id} toast={toast} />}
    </div>
  );
}

function ToastLine({ toast }: { readonly toast: Toast }) {
  const { t } = useTranslation();
  const [left, setLeft] = useState(seconds);
  const line = useRef<HTMLDivElement>(null);
  const isHeld = useHeld(line);
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = setInterval(() => {
      setLeft((current) => current - 1);
    }, 1000);
    return () => {
      clearInterval(timer);
    };
  }, [isHeld]);
  useEffect(() => {
    if (left <= 0) dismissToast(toast.id);
  }, [left, toast.id]);
  return (
    <div ref={line} className={styles['toast']}>
      <span>{toast.text}</span>
      {toast.undo !== undefined && (
        <button type="button" className={styles['undo']} onClick={undoLast}>
          {t('common.undo')}
          <span aria-hidden className={styles['left']}>
            {left}
          </span>
        </button>
      )}
      {toast.actions?.map(({ label, run }) => (
        <button
          key={label}
          type="button"
          className={styles['undo']}
          onClick={() => {
            dismissToast(toast.id);
            run();
          }}
        >
          {label}
        </button>
      ))}
      <button
        type="button"
        aria-label={t('common.close')}
        className={styles['close']}
        onClick={() => {
          dismissToast(toast.id);
        }}
      >
        <Icon of={X} />
      </button>
    </div>
  );
}
