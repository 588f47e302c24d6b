import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Pool } from '../../../api.ts';
import { useConnection } from '../../../state/connection.ts';
import { Button } from '../../../ui/Button.tsx';
import { InviteDialog } from './InviteDialog.tsx';

export interface InviteButtonProps {
  readonly pool: Pool;
}

/** Letting somebody in. */
export function InviteButton({ pool }: InviteButtonProps) {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const isOffline = useConnection(({ phase }) => phase === 'offline');
  return (
    <>
      <Button
        variant="primary"
        icon={Plus}
        disabledReason={isOffline ? t('host.invite.offline') : undefined}
        onClick={() => {
          setIsOpen(true);
        }}
      >
        {t('host.invite.deed')}
      </Button>
      {isOpen && (
        <InviteDialog
          pool={pool}
          onClose={() => {
            setIsOpen(false);
          }}
        />
      )}
    </>
  );
}
