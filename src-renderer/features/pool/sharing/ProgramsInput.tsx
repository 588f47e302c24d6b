import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextInput } from '../../../ui/TextInput.tsx';
import { programsIn } from './programs.ts';
import styles from './ProgramsInput.module.css';

export interface ProgramsInputProps {
  readonly programs: readonly string[];
  readonly onChange: (programs: readonly string[]) => void;
}

/** Names of programs, with commas between them. */
export function ProgramsInput({ programs, onChange }: ProgramsInputProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string>();

  function take(): void {
    setTyped(undefined);
    if (typed === undefined) return;
    const named = programsIn(typed);
    if (named.join() !== programs.join()) onChange(named);
  }

  return (
    <TextInput
      aria-label={t('sharing.limit.programs')}
      placeholder={t('sharing.limit.programsExample')}
      spellCheck={false}
      autoComplete="off"
      className={styles['input']}
      value={typed ?? programs.join(', ')}
      onChange={(event) => {
        setTyped(event.target.value);
      }}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take();
      }}
    />
  );
}
