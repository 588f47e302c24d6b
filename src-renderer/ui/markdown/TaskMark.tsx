import { Square, SquareCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './Markdown.module.css';

export interface TaskMarkProps {
  readonly isDone: boolean;
}

/** The box of a task list. It cannot be ticked here, so it is a sign and not a control. */
export function TaskMark({ isDone }: TaskMarkProps) {
  const { t } = useTranslation();
  const Sign = isDone ? SquareCheck : Square;
  return (
    <span
      className={styles['task']}
      role="img"
      aria-label={t(isDone ? 'markdown.task.done' : 'markdown.task.open')}
    >
      <Sign size={16} strokeWidth={1.75} aria-hidden />
    </span>
  );
}
