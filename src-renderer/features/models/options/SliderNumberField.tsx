import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Field } from '../../../ui/Field.tsx';
import { Slider } from '../../../ui/Slider.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { numberIn } from './load-draft.ts';
import type { NumberOption, OptionLimit } from './load-draft.ts';
import { placeOf } from './number-stops.ts';
import styles from './SliderNumberField.module.css';

export interface SliderNumberFieldProps {
  readonly name: NumberOption;
  /** What is typed; empty leaves the choice to the engine. */
  readonly text: string;
  readonly limit: OptionLimit;
  readonly hint: string;
  readonly isWrong: boolean;
  /** Where the slider can stop; without stops the number is only typed. */
  readonly stops?: readonly number[];
  /** What the engine would choose now; shown while the field is empty. */
  readonly automatic?: number | undefined;
  readonly onChange: (text: string) => void;
}

/** A number that is typed exactly or moved roughly. Both are the same value. */
export function SliderNumberField(props: SliderNumberFieldProps) {
  const { name, text, limit, hint, isWrong, stops, automatic, onChange } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const label = t(`models.option.${name}`);
  const range = { min: format.count(limit.min), max: format.count(limit.max) };
  const isAutomatic = text.trim() === '';
  const value = isAutomatic ? automatic : numberIn(text);
  return (
    <Field
      label={label}
      hint={hint}
      error={isWrong ? t('models.option.range', range) : undefined}
      aside={
        isAutomatic &&
        automatic !== undefined && (
          <span className={styles['automatic']}>
            {t('models.option.automaticNow', { value: format.count(automatic) })}
          </span>
        )
      }
    >
      {(control) => (
        <div className={styles['line']} data-slider={stops !== undefined || undefined}>
          {stops !== undefined && (
            <Slider
              aria-label={label}
              aria-describedby={control['aria-describedby']}
              aria-valuetext={format.count(value)}
              min={0}
              max={stops.length - 1}
              step={1}
              value={value === undefined ? 0 : placeOf(stops, value)}
              onChange={(place) => {
                onChange(String(stops[place] ?? ''));
              }}
            />
          )}
          <TextInput
            {...control}
            inputMode="numeric"
            autoComplete="off"
            placeholder={t('models.option.automatic')}
            value={text}
            onChange={(event) => {
              onChange(event.target.value);
            }}
          />
        </div>
      )}
    </Field>
  );
}
