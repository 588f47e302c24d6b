import type { CSSProperties, InputHTMLAttributes } from 'react';
import styles from './Slider.module.css';

export interface SliderProps extends Omit<
  InputHTMLAttributes<HTMLInputElement>,
  'onChange' | 'value' | 'min' | 'max'
> {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}

/** A number with limits that one feels rather than types. Give `aria-valuetext` when it has a unit. */
export function Slider({ value, min, max, onChange, ...rest }: SliderProps) {
  const share = max > min ? (value - min) / (max - min) : 0;
  const style = { '--share': `${String(share * 100)}%` } as CSSProperties;
  return (
    <input
      {...rest}
      type="range"
      className={styles['slider']}
      style={style}
      value={value}
      min={min}
      max={max}
      onChange={(event) => {
        onChange(event.target.valueAsNumber);
      }}
    />
  );
}
