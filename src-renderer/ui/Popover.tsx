import { useContext } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { Popover as Headless } from 'radix-ui';
import { classNames } from './class-names.ts';
import { FloatContainer } from './float-container.ts';
import styles from './Popover.module.css';

export interface PopoverProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  /** Spoken name. */
  readonly label: string;
  readonly children: ReactNode;
  readonly align?: 'start' | 'center' | 'end';
  readonly side?: 'top' | 'bottom';
  readonly className?: string | undefined;
  /** Give both to steer it from outside. */
  readonly isOpen?: boolean;
  readonly onOpenChange?: (isOpen: boolean) => void;
}

/** Something small beside its button, without stopping the page. */
export function Popover({
  trigger,
  label,
  children,
  align = 'start',
  side = 'bottom',
  className,
  isOpen,
  onOpenChange,
}: PopoverProps) {
  const container = useContext(FloatContainer);
  return (
    <Headless.Root
      {...(isOpen !== undefined && { open: isOpen })}
      {...(onOpenChange !== undefined && { onOpenChange })}
    >
      <Headless.Trigger asChild>{trigger}</Headless.Trigger>
      <Headless.Portal container={container}>
        <Headless.Content
          aria-label={label}
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className={classNames(styles['popover'], className)}
        >
          {children}
        </Headless.Content>
      </Headless.Portal>
    </Headless.Root>
  );
}
