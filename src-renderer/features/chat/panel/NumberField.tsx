import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import type { FieldControl } from '../../../ui/Field.tsx';
import { Slider } from '../../../ui/Slider.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useFormat } from '../../../i18n/format.ts';
import styles from './SidePanel.module.css';
import { parseParameter } from './parameters.ts';
import type { NumberParameter } from './parameters.ts';

export interface NumberFieldProps {
  readonly parameter: NumberParameter;
  /** Undefined leaves it to the model. */
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
}

/** One parameter with what it does in plain words. It is the model's own until somebody sets it. */
export function NumberField({ parameter, value, onChange }: NumberFieldProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [written, setWritten] = useState<string | undefined>(undefined);
  const parsed = written === undefined ? undefined : parseParameter(written, parameter);
  const label = t(`chat.parameter.${parameter.key}.label`);
  const keep = () => {
    if (parsed === undefined || parsed.kind === 'wrong') return;
    setWritten(undefined);
    onChange(parsed.kind === 'empty' ? undefined : parsed.value);
  };
  return (
    <Field
      label={label}
      hint={t(`chat.parameter.${parameter.key}.hint`)}
      error={
        parsed?.kind === 'wrong'
          ? t(parameter.isWhole ? 'chat.parameter.wrongWhole' : 'chat.parameter.wrong', {
              min: format.count(parameter.min),
              max: format.count(parameter.max),
            })
          : undefined
      }
      aside={
        value === undefined ? undefined : (
          <span className={styles['aside']}>
            {parameter.control === 'slider' && <b>{value}</b>}
            <Button
              size="row"
              variant="quiet"
              aria-label={t('chat.parameter.reset', { name: label })}
              onClick={() => {
                setWritten(undefined);
                onChange(undefined);
              }}
            >
              {t('chat.parameter.resetShort')}
            </Button>
          </span>
        )
      }
    >
      {(control) => renderControl(control)}
    </Field>
  );

  function renderControl(control: FieldControl) {
    if (parameter.control === 'slider' && value === undefined) {
      return (
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
      );
    }
    if (parameter.control === 'slider' && value !== undefined) {
      return (
        <Slider
          {...control}
          value={value}
          min={parameter.min}
          max={parameter.max}
          step={parameter.step}
          onChange={onChange}
        />
      );
    }
    return (
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
    );
  }
}
