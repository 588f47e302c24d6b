import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { useDeed } from './use-deed.ts';

export interface LossDialogProps {
  readonly title: string;
  /** Names what is lost. */
  readonly children: ReactNode;
  /** Leaves everything as it is. */
  readonly keepLabel: string;
  /** The deed as a verb. */
  readonly deedLabel: string;
  readonly busyLabel: string;
  /** Closing afterwards is its own business. */
  readonly onDeed: () => Promise<void>;
  readonly onClose: () => void;
}

/** Confirms what cannot be undone. The focus starts at the way back. */
export function LossDialog(props: LossDialogProps) {
  const { title, children, keepLabel, deedLabel, busyLabel, onDeed, onClose } = props;
  const deed = useDeed();
  return (
    <Dialog
      title={title}
      actions={
        <>
          <Button variant="quiet" data-autofocus onClick={onClose}>
            {keepLabel}
          </Button>
          <Button
            variant="danger"
            busyLabel={deed.isBusy ? busyLabel : undefined}
            onClick={() => void deed.run(onDeed)}
          >
            {deedLabel}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <div>{children}</div>
      {deed.error && <ErrorNote error={deed.error} />}
    </Dialog>
  );
}
