import { ChevronRight, Wrench } from 'lucide-react';
import { Icon } from '../../../ui/Icon.tsx';
import styles from './Steps.module.css';

export interface ToolCallRowProps {
  readonly name: string;
  /** JSON text as the model wrote it; may still be growing. */
  readonly argumentsText: string;
}

/** A tool the model asked for, with its arguments folded away. */
export function ToolCallRow({ name, argumentsText }: ToolCallRowProps) {
  return (
    <details className={styles['step']}>
      <summary className={styles['summary']}>
        <Icon of={Wrench} />
        <code className={styles['tool']}>{name}</code>
        <code className={styles['preview']}>{argumentsText}</code>
        <Icon of={ChevronRight} className={styles['chevron']} />
      </summary>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={styles['arguments']} tabIndex={0}>
        {indented(argumentsText)}
      </pre>
    </details>
  );
}

function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json; // Unfinished or not JSON: shown as the model wrote it.
  }
}
