import { useContext } from 'react';
import type { ReactElement } from 'react';
import { Tooltip as Headless } from 'radix-ui';
import { Kbd } from './Kbd.tsx';
import { FloatContainer } from './float-container.ts';
import styles from './Tooltip.module.css';

export interface TooltipProps {
  readonly text: string;
  readonly shortcut?: string;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  /** One focusable element. */
  readonly children: ReactElement;
}

/** The name of an icon, or a reason. Opens for the pointer and for keyboard focus. */
export function Tooltip({ text, shortcut, side = 'bottom', children }: TooltipProps) {
  const container = useContext(FloatContainer);
  return (
    <Headless.Root>
      <Headless.Trigger asChild>{children}</Headless.Trigger>
      <Headless.Portal container={container}>
        <Headless.Content side={side} sideOffset={6} collisionPadding={8} className={styles['tip']}>
          <span>{text}</span>
          {shortcut !== undefined && <Kbd keys={shortcut} />}
        </Headless.Content>
      </Headless.Portal>
    </Headless.Root>
  );
}

/** Once around the whole window. */
export function TooltipGround({ children }: { readonly children: ReactElement }) {
  return (
    <Headless.Provider delayDuration={500} skipDelayDuration={200}>
      {children}
    </Headless.Provider>
  );
}
