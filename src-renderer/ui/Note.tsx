import type { ReactNode } from 'react';
import { CircleCheck, Info, OctagonX, TriangleAlert } from 'lucide-react';
import { classNames } from './class-names.ts';
import { Icon } from './Icon.tsx';
import styles from './Note.module.css';

export interface NoteProps {
  readonly tone: 'fail' | 'slow' | 'ok' | 'quiet';
  /** What happened. */
  readonly title: string;
  /** Why, and what was kept. */
  readonly children?: ReactNode;
  /** What repairs it. */
  readonly actions?: ReactNode;
  readonly className?: string | undefined;
}

const icons = { fail: OctagonX, slow: TriangleAlert, ok: CircleCheck, quiet: Info };

/** Something to know, at the place where it happened. Failures are spoken at once. */
export function Note({ tone, title, children, actions, className }: NoteProps) {
  const role = tone === 'fail' ? 'alert' : tone === 'slow' ? 'status' : undefined;
  return (
    <div role={role} className={classNames(styles['note'], styles[tone], className)}>
      <Icon of={icons[tone]} className={styles['icon']} />
      <div className={styles['text']}>
        <p className={styles['title']}>{title}</p>
        {children !== undefined && <div className={styles['detail']}>{children}</div>}
        {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
      </div>
    </div>
  );
}
