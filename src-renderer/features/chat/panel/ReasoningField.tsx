import { useTranslation } from 'react-i18next';
import { Field } from '../../../ui/Field.tsx';
import { Select } from '../../../ui/Select.tsx';
import type { ChatParameters } from '../types.ts';

type Reasoning = ChatParameters['reasoning'];

export interface ReasoningFieldProps {
  readonly value: Reasoning;
  /** Undefined while nobody knows. */
  readonly isSupported: boolean | undefined;
  readonly onChange: (value: Reasoning) => void;
}

/** Whether the model thinks before it answers. */
export function ReasoningField({ value, isSupported, onChange }: ReasoningFieldProps) {
  const { t } = useTranslation();
  const options = (['auto', 'on', 'off'] as const).map((choice) => ({
    value: choice,
    label: t(`chat.parameter.reasoning.${choice}`),
  }));
  return (
    <Field
      label={t('chat.parameter.reasoning.label')}
      hint={t(
        isSupported === false
          ? 'chat.parameter.reasoning.unsupported'
          : 'chat.parameter.reasoning.hint',
      )}
    >
      {(control) => (
        <Select
          {...control}
          options={options}
          value={value ?? 'auto'}
          onChange={(chosen) => {
            onChange(chosen === 'auto' ? undefined : chosen);
          }}
        />
      )}
    </Field>
  );
}
