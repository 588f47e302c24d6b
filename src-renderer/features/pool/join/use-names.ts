import { useState } from 'react';
import { useMachine } from '../../../state/machine.ts';
import { useOwnName } from '../../../state/me.ts';
import { useSettings } from '../../../state/settings.ts';

/** How a person and this machine call themselves in a pool. */
export interface Names {
  readonly person: string;
  readonly device: string;
}

/** The names that are known already, until somebody types others. */
export function useNames(): readonly [Names, (names: Names) => void] {
  const person = useOwnName();
  const chosen = useSettings(({ settings }) => settings?.machineName ?? '');
  const computer = useMachine(({ system }) => system?.machine.machineName ?? '');
  const [typed, setTyped] = useState<Names>();
  return [typed ?? { person, device: chosen === '' ? computer : chosen }, setTyped];
}
