import { Field } from '../../../ui/Field.tsx';
import type { FieldProps } from '../../../ui/Field.tsx';
import { Select } from '../../../ui/Select.tsx';
import type { SelectProps } from '../../../ui/Select.tsx';

export interface ChoiceFieldProps<Value extends string>
  extends Pick<FieldProps, 'label' | 'hint'>, Pick<SelectProps<Value>, 'value' | 'onChange'> {
  readonly values: readonly Value[];
  /** The word for a value. */
  readonly wordOf: (value: Value) => string;
}

/** One of a few, with its name above. */
export function ChoiceField<Value extends string>(props: ChoiceFieldProps<Value>) {
  const { values, wordOf, value, onChange, ...field } = props;
  return (
    <Field {...field}>
      {(control) => (
        <Select
          {...control}
          value={value}
          options={values.map((each) => ({ value: each, label: wordOf(each) }))}
          onChange={onChange}
        />
      )}
    </Field>
  );
}
