import type { ReactNode } from 'react';
import { Button } from '../../ui/Button.tsx';
import type { Deed } from '../../ui/use-deed.ts';
import styles from './SignInPage.module.css';

export interface EntryFormProps {
  readonly deed: Deed;
  /** Why it cannot be sent yet, in words; undefined when it can. */
  readonly problem: string | undefined;
  readonly submitLabel: string;
  readonly busyLabel: string;
  readonly onSubmit: () => void;
  /** The fields, and why the last try was refused. */
  readonly children: ReactNode;
}

/** A form that lets somebody in: sent once at a time, and not before it is whole. */
export function EntryForm({
  deed,
  problem,
  submitLabel,
  busyLabel,
  onSubmit,
  children,
}: EntryFormProps) {
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === undefined && !deed.isBusy) onSubmit();
      }}
    >
      {children}
      <Button
        type="submit"
        variant="primary"
        size="large"
        busyLabel={deed.isBusy ? busyLabel : undefined}
        disabledReason={problem}
      >
        {submitLabel}
      </Button>
    </form>
  );
}
