import type { ButtonHTMLAttributes, Ref } from 'react';
import type { LucideIcon } from 'lucide-react';
import { classNames } from './class-names.ts';
import { Icon } from './Icon.tsx';
import { Tooltip } from './Tooltip.tsx';
import styles from './IconButton.module.css';

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** The deed; spoken and shown as a tooltip. */
  readonly label: string;
  readonly icon: LucideIcon;
  /** Such as `mod+K`; shown in the tooltip. */
  readonly shortcut?: string;
  readonly variant?: 'quiet' | 'plain' | 'primary';
  readonly size?: 'row' | 'page';
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A button whose icon everybody knows. */
export function IconButton({
  label,
  icon,
  shortcut,
  variant = 'quiet',
  size = 'page',
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} {...(shortcut !== undefined && { shortcut })}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={classNames(styles['button'], styles[variant], styles[size], className)}
      >
        <Icon of={icon} />
      </button>
    </Tooltip>
  );
}
