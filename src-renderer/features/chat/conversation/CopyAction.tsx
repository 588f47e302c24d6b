import { Check, Copy } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../../ui/IconButton.tsx';
import { useCopy } from '../../../ui/use-copy.ts';

export interface CopyActionProps {
  readonly text: string;
  /** What is copied. */
  readonly label: string;
}

/** Copies a message, and says so in place. */
export function CopyAction({ text, label }: CopyActionProps) {
  const { t } = useTranslation();
  const { state, copy } = useCopy();
  return (
    <>
      <IconButton
        size="row"
        icon={state === 'copied' ? Check : Copy}
        label={state === 'idle' ? label : t(`common.copy.${state}`)}
        onClick={() => void copy(text)}
      />
      <span role="status" className="visually-hidden">
        {state === 'idle' ? '' : t(`common.copy.${state}`)}
      </span>
    </>
  );
}
