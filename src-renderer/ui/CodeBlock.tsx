import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.tsx';
import { classNames } from './class-names.ts';
import { CopyButton } from './CopyButton.tsx';
import styles from './CodeBlock.module.css';

export interface CodeBlockProps {
  /** The plain text: what *Copy* takes. */
  readonly code: string;
  /** Shown at the left; a language or a purpose. */
  readonly title: string;
  /** The same text with colours; plain when absent. */
  readonly children?: ReactNode;
}

/** Code in its own scrolling box. *Wrap* and *Copy* are always visible. */
export function CodeBlock({ code, title, children }: CodeBlockProps) {
  const { t } = useTranslation();
  const [isWrapped, setIsWrapped] = useState(false);
  return (
    <figure className={styles['block']}>
      <figcaption className={styles['head']}>
        <span>{title}</span>
        <span className={styles['actions']}>
          <Button
            variant="quiet"
            size="row"
            aria-pressed={isWrapped}
            onClick={() => {
              setIsWrapped(!isWrapped);
            }}
          >
            {t('common.wrap')}
          </Button>
          <CopyButton text={code} label={t('common.copyCode')} />
        </span>
      </figcaption>
      {/* Reachable by keyboard, because it scrolls. */}
      <pre
        className={classNames(styles['code'], isWrapped && styles['wrapped'])}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label={title}
        role="group"
      >
        <code>{children ?? code}</code>
      </pre>
    </figure>
  );
}
