import { LogOut } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Membership } from '../../../api.ts';
import { Button } from '../../../ui/Button.tsx';
import { LeaveDialog } from './LeaveDialog.tsx';

export interface LeaveButtonProps {
  readonly membership: Membership;
}

/** The way out of a joined pool. */
export function LeaveButton({ membership }: LeaveButtonProps) {
  const { t } = useTranslation();
  const [isAsked, setIsAsked] = useState(false);
  return (
    <>
      <Button
        variant="quiet"
        icon={LogOut}
        onClick={() => {
          setIsAsked(true);
        }}
      >
        {t('join.leave.deed')}
      </Button>
      {isAsked && (
        <LeaveDialog
          membership={membership}
          onClose={() => {
            setIsAsked(false);
          }}
        />
      )}
    </>
  );
}
