import { useId } from 'react';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { CircleDashed } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { classNames } from './class-names.ts';
import { Icon } from './Icon.tsx';
import { Tooltip } from './Tooltip.tsx';
import styles from './Button.module.css';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  readonly children: ReactNode;
  /** One `primary` per view at most. */
  readonly variant?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly size?: 'row' | 'page' | 'large';
  readonly icon?: LucideIcon;
  /** What is happening, in place of the label, while the deed runs. */
  readonly busyLabel?: string | undefined;
  /** Why it cannot be pressed now. The button stays reachable, so that the reason can be read. */
  readonly disabledReason?: string | undefined;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** The deed as a verb. Busy and disabled buttons keep their place, their width and their focus. */
export function Button({
  children,
  variant = 'plain',
  size = 'page',
  icon,
  busyLabel,
  disabledReason,
  className,
  onClick,
  ...rest
}: ButtonProps) {
  const reasonId = useId();
  const isBusy = busyLabel !== undefined;
  const isOff = isBusy || disabledReason !== undefined;
  const button = (
    <button
      type="button"
      {...rest}
      className={classNames(styles['button'], styles[variant], styles[size], className)}
      aria-busy={isBusy || undefined}
      aria-disabled={isOff || undefined}
      aria-describedby={disabledReason === undefined ? rest['aria-describedby'] : reasonId}
      onClick={(event) => {
        if (isOff) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {isBusy ? <Icon of={CircleDashed} /> : icon && <Icon of={icon} />}
      <span>{busyLabel ?? children}</span>
      {disabledReason !== undefined && (
        <span id={reasonId} hidden>
          {disabledReason}
        </span>
      )}
    </button>
  );
  return disabledReason === undefined ? button : <Tooltip text={disabledReason}>{button}</Tooltip>;
}
