import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useLayout } from '../state/layout.ts';
import styles from './Drawer.module.css';

export interface DrawerProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** The list over the page, where the window is too narrow to show both. */
export function Drawer({ label, children }: DrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
    };
  }, []);
  const close = () => {
    useLayout.setState({ hasDrawer: false });
  };
  return (
    // Escape closes it by itself; the click is a second way, on the ground beside it.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={dialog}
      className={styles['drawer']}
      aria-label={label}
      onCancel={close}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <nav className={styles['inside']} aria-label={label}>
        {children}
      </nav>
    </dialog>
  );
}
