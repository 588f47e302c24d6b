import { Component } from 'react';
import type { ReactNode } from 'react';
import { t } from 'i18next';
import { Button } from '../ui/Button.tsx';
import { Note } from '../ui/Note.tsx';

export interface ErrorBoundaryProps {
  readonly children: ReactNode;
  /** A new value starts afresh, such as the page that one goes to. */
  readonly resetKey: string;
}

interface ErrorBoundaryState {
  readonly error: Error | undefined;
  readonly resetKey: string;
}

/** Keeps the rail when a page breaks, and says so where the page stood. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: undefined, resetKey: this.props.resetKey };

  static getDerivedStateFromError(error: Error): Partial<ErrorBoundaryState> {
    return { error };
  }

  static getDerivedStateFromProps(
    { resetKey }: ErrorBoundaryProps,
    state: ErrorBoundaryState,
  ): ErrorBoundaryState | null {
    return resetKey === state.resetKey ? null : { error: undefined, resetKey };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <main id="content" tabIndex={-1} data-region style={{ padding: 'var(--page-padding)' }}>
        <Note
          tone="fail"
          title={t('frame.broken.title')}
          actions={
            <Button
              onClick={() => {
                this.setState({ error: undefined });
              }}
            >
              {t('common.tryAgain')}
            </Button>
          }
        >
          <p>{t('frame.broken.text')}</p>
          <p>
            <code>{error.message}</code>
          </p>
        </Note>
      </main>
    );
  }
}
