import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import type { DialogProps } from './Dialog.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import styles from './FormDialog.module.css';
import type { Deed } from './use-deed.ts';

export interface FormDialogProps extends Omit<DialogProps, 'actions'> {
  readonly deed: Deed;
  /** The deed as a verb. */
  readonly submitLabel: string;
  /** What is happening while it runs. */
  readonly busyLabel: string;
  /** Why it cannot be done yet. */
  readonly problem?: string | undefined;
  /** What was tried, above the reason of a failure. */
  readonly failedTitle?: string;
  /** In place of the note that a failure gets by itself. */
  readonly failure?: ReactNode;
  /** Nothing can be submitted, now or later: the dialog can only be closed. */
  readonly isOver?: boolean;
  /** Above the form: what to know first. */
  readonly before?: ReactNode;
  /** Called only when nothing is in the way. */
  readonly onSubmit: () => void;
}

/** A dialog around one form: *Cancel*, the deed, and below the fields why the last try failed. */
export function FormDialog(props: FormDialogProps) {
  const { deed, problem, isOver = false, before, children, onSubmit, ...rest } = props;
  const { submitLabel, busyLabel, failedTitle, failure, ...dialog } = rest;
  const { t } = useTranslation();
  const formId = useId();
  const title = failedTitle === undefined ? {} : { title: failedTitle };
  return (
    <Dialog
      {...dialog}
      actions={
        isOver ? (
          <Button onClick={dialog.onClose}>{t('common.close')}</Button>
        ) : (
          <>
            <Button variant="quiet" onClick={dialog.onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              type="submit"
              form={formId}
              variant="primary"
              busyLabel={deed.isBusy ? busyLabel : undefined}
              disabledReason={problem}
            >
              {submitLabel}
            </Button>
          </>
        )
      }
    >
      {before}
      <form
        id={formId}
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === undefined && !deed.isBusy && !isOver) onSubmit();
        }}
      >
        {children}
      </form>
      {deed.error && <Failure>{failure ?? <ErrorNote error={deed.error} {...title} />}</Failure>}
    </Dialog>
  );
}

/** A failure comes into sight also where the fields fill the window. */
function Failure({ children }: { readonly children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return <div ref={place}>{children}</div>;
}
