import { useState } from 'react';
import { TextInput } from '../../../ui/TextInput.tsx';

export interface ModelNameFieldProps {
  /** Spoken name. */
  readonly label: string;
  readonly value: string;
  /** Resolves to whether the name was taken; an empty one goes back to the upstream's. */
  readonly onRename: (name: string) => Promise<boolean>;
}

/** A name that is changed in place: Enter or leaving the field keeps it, Escape takes it back. */
export function ModelNameField({ label, value, onRename }: ModelNameFieldProps) {
  const [typed, setTyped] = useState<string>();

  async function keep(): Promise<void> {
    if (typed === undefined) return;
    const name = typed.trim();
    // A refused name stays, so that it can be corrected.
    if (name === value || (await onRename(name))) setTyped(undefined);
  }

  return (
    <TextInput
      aria-label={label}
      maxLength={200}
      autoComplete="off"
      spellCheck={false}
      value={typed ?? value}
      onChange={(event) => {
        setTyped(event.target.value);
      }}
      onBlur={() => void keep()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') void keep();
        if (event.key !== 'Escape' || typed === undefined) return;
        event.stopPropagation();
        setTyped(undefined);
      }}
    />
  );
}
