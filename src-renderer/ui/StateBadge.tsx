import {
  CircleCheck,
  CircleDashed,
  CircleMinus,
  CirclePause,
  Clock,
  OctagonX,
  TriangleAlert,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { classNames } from './class-names.ts';
import { Icon } from './Icon.tsx';
import styles from './StateBadge.module.css';

export type Tone = 'ok' | 'work' | 'waiting' | 'slow' | 'fail' | 'rest' | 'paused';

/** Each state has its own shape, so that it stays plain without colour. */
export const toneIcons: Readonly<Record<Tone, LucideIcon>> = {
  ok: CircleCheck,
  work: CircleDashed,
  waiting: Clock,
  slow: TriangleAlert,
  fail: OctagonX,
  rest: CircleMinus,
  paused: CirclePause,
};

export interface StateBadgeProps {
  readonly tone: Tone;
  /** The state in a word or two. */
  readonly children: string;
  /** With a tint; only beside a title or in a card. */
  readonly isBoxed?: boolean;
  /** In place of the state's own shape, such as a cloud. */
  readonly icon?: LucideIcon;
  readonly className?: string | undefined;
}

/** A state: shape, word and colour. */
export function StateBadge(props: StateBadgeProps) {
  const { tone, children, isBoxed = false, icon = toneIcons[tone], className } = props;
  return (
    <span
      className={classNames(styles['badge'], styles[tone], isBoxed && styles['boxed'], className)}
    >
      <Icon of={icon} size={14} />
      {children}
    </span>
  );
}
