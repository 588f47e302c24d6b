import { Check, Copy } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.tsx';
import { Icon } from './Icon.tsx';
import { Tooltip } from './Tooltip.tsx';
import { useCopy } from './use-copy.ts';
import styles from './CopyButton.module.css';
import iconStyles from './IconButton.module.css';

export interface CopyButtonProps {
  readonly text: string;
  /** Spoken name: what is copied. */
  readonly label: string;
  /** With the word *Copy*, or the icon alone. */
  readonly shape?: 'word' | 'icon';
  readonly variant?: 'plain' | 'quiet' | 'primary';
}

/** Copies, and says "Copied" in place for two seconds. */
export function CopyButton({ text, label, shape = 'word', variant = 'quiet' }: CopyButtonProps) {
  const { t } = useTranslation();
  const { state, copy } = useCopy();
  const word = t(`common.copy.${state}`);
  const icon = state === 'copied' ? Check : Copy;
  const spoken = (
    <span role="status" className="visually-hidden">
      {state === 'idle' ? '' : word}
    </span>
  );
  if (shape === 'icon') {
    return (
      <span className={styles['copy']}>
        <Tooltip text={state === 'idle' ? label : word}>
          <button
            type="button"
            aria-label={label}
            className={`${iconStyles['button'] ?? ''} ${iconStyles['plain'] ?? ''}`}
            onClick={() => void copy(text)}
          >
            <Icon of={icon} />
          </button>
        </Tooltip>
        {spoken}
      </span>
    );
  }
  return (
    <span className={styles['copy']}>
      <Button
        variant={variant}
        size="row"
        icon={icon}
        aria-label={label}
        className={styles['word']}
        onClick={() => void copy(text)}
      >
        {word}
      </Button>
      {spoken}
    </span>
  );
}
