import { useContext } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { DropdownMenu } from 'radix-ui';
import { Check } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { classNames } from './class-names.ts';
import { Icon } from './Icon.tsx';
import { Kbd } from './Kbd.tsx';
import { FloatContainer } from './float-container.ts';
import styles from './Menu.module.css';

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly children: ReactNode;
  readonly align?: 'start' | 'end';
}

/** Further deeds of one thing. Arrows move, letters jump, Escape closes. */
export function Menu({ trigger, children, align = 'end' }: MenuProps) {
  const container = useContext(FloatContainer);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={container}>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={styles['menu']}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export interface MenuItemProps {
  readonly children: ReactNode;
  readonly onSelect: () => void;
  readonly icon?: LucideIcon;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  /** Shows a check mark and speaks the state. */
  readonly isChecked?: boolean;
  /** The place that is on screen already. */
  readonly isCurrent?: boolean;
  readonly shortcut?: string;
}

export function MenuItem({
  children,
  onSelect,
  icon,
  isDanger = false,
  isDisabled = false,
  isChecked,
  isCurrent = false,
  shortcut,
}: MenuItemProps) {
  const shared = {
    className: classNames(styles['item'], isDanger && styles['danger']),
    disabled: isDisabled,
    onSelect,
  };
  const content = (
    <>
      <span className={styles['icon']}>
        {isChecked === true && <Icon of={Check} />}
        {isChecked === undefined && icon && <Icon of={icon} />}
      </span>
      <span className={styles['label']}>{children}</span>
      {shortcut !== undefined && <Kbd keys={shortcut} />}
    </>
  );
  if (isChecked === undefined) {
    return (
      <DropdownMenu.Item {...shared} aria-current={isCurrent ? 'page' : undefined}>
        {content}
      </DropdownMenu.Item>
    );
  }
  return (
    <DropdownMenu.CheckboxItem {...shared} checked={isChecked}>
      {content}
    </DropdownMenu.CheckboxItem>
  );
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className={styles['separator']} />;
}
