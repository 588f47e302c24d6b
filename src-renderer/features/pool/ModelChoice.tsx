import styles from './ModelChoice.module.css';

export interface ModelChoiceProps {
  /** Spoken name of the group, and its heading unless `isHeadingHidden`. */
  readonly label: string;
  readonly isHeadingHidden?: boolean;
  /** The word for every model, now and later. */
  readonly allLabel: string;
  readonly choices: readonly { readonly id: string; readonly name: string }[];
  /** Undefined: all. */
  readonly models: readonly string[] | undefined;
  readonly onChange: (models: readonly string[] | undefined) => void;
}

/** All models, now and later, or the ones that are ticked. */
export function ModelChoice(props: ModelChoiceProps) {
  const { label, isHeadingHidden = false, allLabel, choices, models, onChange } = props;
  return (
    <fieldset className={styles['models']}>
      <legend className={isHeadingHidden ? 'visually-hidden' : undefined}>{label}</legend>
      <label>
        <input
          type="checkbox"
          checked={models === undefined}
          onChange={(event) => {
            onChange(event.target.checked ? undefined : choices.map(({ id }) => id));
          }}
        />
        {allLabel}
      </label>
      {models !== undefined && (
        <ul className={styles['list']}>
          {choices.map(({ id, name }) => (
            <li key={id}>
              <label>
                <input
                  type="checkbox"
                  checked={models.includes(id)}
                  onChange={(event) => {
                    const rest = models.filter((other) => other !== id);
                    onChange(event.target.checked ? [...rest, id] : rest);
                  }}
                />
                {name}
              </label>
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}
