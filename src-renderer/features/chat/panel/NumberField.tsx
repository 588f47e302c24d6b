import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Slider } from '../../../ui/Slider.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { parseParameter } from './parameters.ts';
import type { NumberParameter } from './parameters.ts';
import styles from './SidePanel.module.css';

export interface NumberFieldProps {
  readonly parameter: NumberParameter;
  /** Undefined leaves it to the model. */
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
}

/** One parameter with what it does in plain words. It is the model's own until somebody sets it. */
export function NumberField(props: NumberFieldProps) {
  return props.parameter.control === 'slider' ? (
    <SliderField {...props} />
  ) : (
    <TypedField {...props} />
  );
}

function SliderField({ parameter, value, onChange }: NumberFieldProps) {
  const { t } = useTranslation();
  const label = t(`chat.parameter.${parameter.key}.label`);
  return (
    <Field
      label={label}
      hint={t(`chat.parameter.${parameter.key}.hint`)}
      aside={
        value !== undefined && (
          <span className={styles['aside']}>
            <b>{value}</b>
            <ResetButton label={label} onChange={onChange} />
          </span>
        )
      }
    >
      {(control) =>
        value === undefined ? (
          <div className={styles['unset']}>
            <span>{t('chat.parameter.modelDefault')}</span>
            <Button
              id={control.id}
              size="row"
              aria-label={t('chat.parameter.set', { name: label })}
              aria-describedby={control['aria-describedby']}
              onClick={() => {
                onChange(parameter.start);
              }}
            >
              {t('chat.parameter.setShort')}
            </Button>
          </div>
        ) : (
          <Slider
            {...control}
            value={value}
            min={parameter.min}
            max={parameter.max}
            step={parameter.step}
            onChange={onChange}
          />
        )
      }
    </Field>
  );
}

function TypedField({ parameter, value, onChange }: NumberFieldProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [written, setWritten] = useState<string | undefined>(undefined);
  const parsed = written === undefined ? undefined : parseParameter(written, parameter);
  const label = t(`chat.parameter.${parameter.key}.label`);
  const limits = { min: format.count(parameter.min), max: format.count(parameter.max) };
  const keep = () => {
    if (parsed === undefined || parsed.kind === 'wrong') return;
    setWritten(undefined);
    onChange(parsed.kind === 'empty' ? undefined : parsed.value);
  };
  return (
    <Field
      label={label}
      hint={t(`chat.parameter.${parameter.key}.hint`)}
      error={parsed?.kind === 'wrong' ? t('chat.parameter.wrong', limits) : undefined}
      aside={value !== undefined && <ResetButton label={label} onChange={onChange} />}
    >
      {(control) => (
        <TextInput
          {...control}
          inputMode="numeric"
          autoComplete="off"
          placeholder={t('chat.parameter.modelDefault')}
          value={written ?? (value === undefined ? '' : String(value))}
          onChange={(event) => {
            setWritten(event.target.value);
          }}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === 'Enter') keep();
          }}
        />
      )}
    </Field>
  );
}

interface ResetButtonProps {
  readonly label: string;
  readonly onChange: (value: undefined) => void;
}

function ResetButton({ label, onChange }: ResetButtonProps) {
  const { t } = useTranslation();
  return (
    <Button
      size="row"
      variant="quiet"
      aria-label={t('chat.parameter.reset', { name: label })}
      onClick={() => {
        onChange(undefined);
      }}
    >
      {t('chat.parameter.resetShort')}
    </Button>
  );
}
