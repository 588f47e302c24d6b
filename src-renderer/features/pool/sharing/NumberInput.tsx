import { useState } from 'react';
import { TextInput } from '../../../ui/TextInput.tsx';
import styles from './NumberInput.module.css';

export interface NumberInputProps {
  /** Spoken name. */
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly onChange: (value: number) => void;
  readonly id?: string;
  readonly 'aria-describedby'?: string | undefined;
}

/** A number with its unit. It acts when it has been typed to its end, and stays within its limits. */
export function NumberInput(props: NumberInputProps) {
  const { label, unit, value, min, max, step = 1, onChange, ...control } = props;
  const [typed, setTyped] = useState<string>();

  function take(): void {
    setTyped(undefined);
    if (typed === undefined || typed.trim() === '') return;
    const wanted = Number(typed);
    if (!Number.isFinite(wanted)) return;
    const within = Math.min(max, Math.max(min, Math.round(wanted / step) * step));
    if (within !== value) onChange(within);
  }

  return (
    <span className={styles['number']}>
      <TextInput
        {...control}
        aria-label={control.id === undefined ? label : undefined}
        type="number"
        {...{ min, max, step }}
        className={styles['input']}
        value={typed ?? String(value)}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take();
        }}
      />
      <span>{unit}</span>
    </span>
  );
}
