import { useState } from 'react';
import type { Provider, ProviderPreset } from '../../../api.ts';
import { AskProviderDialog } from './AskProviderDialog.tsx';
import { ProviderAdded } from './ProviderAdded.tsx';
import { PresetDialog } from './PresetDialog.tsx';

export interface AddProviderDialogProps {
  readonly onClose: () => void;
}

/** Two steps: which one, then its key; then what it serves. */
export function AddProviderDialog({ onClose }: AddProviderDialogProps) {
  const [preset, setPreset] = useState<ProviderPreset>();
  const [added, setAdded] = useState<Provider>();
  if (added !== undefined) return <ProviderAdded provider={added} onClose={onClose} />;
  if (preset === undefined) return <PresetDialog onChoose={setPreset} onClose={onClose} />;
  return (
    <AskProviderDialog
      preset={preset}
      onAdded={setAdded}
      onBack={() => {
        setPreset(undefined);
      }}
      onClose={onClose}
    />
  );
}
