import styles from './CheckList.module.css';

export interface CheckListProps {
  readonly label: string;
  readonly hint: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Any number of a few, with their name above and what they mean below. */
export function CheckList({ label, hint, options, chosen, onChange }: CheckListProps) {
  return (
    <fieldset className={styles['list']}>
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value} className={styles['option']}>
          <input
            type="checkbox"
            checked={chosen.includes(option.value)}
            onChange={({ target }) => {
              const others = chosen.filter((value) => value !== option.value);
              onChange(target.checked ? [...others, option.value] : others);
            }}
          />
          {option.label}
        </label>
      ))}
      <p className={styles['hint']}>{hint}</p>
    </fieldset>
  );
}
