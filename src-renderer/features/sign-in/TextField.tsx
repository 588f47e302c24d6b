import { Field } from '../../ui/Field.tsx';
import type { FieldProps } from '../../ui/Field.tsx';
import { TextInput } from '../../ui/TextInput.tsx';

export interface TextFieldProps extends Omit<FieldProps, 'children'> {
  readonly type?: 'text' | 'password';
  readonly autoComplete: string;
  readonly maxLength: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onBlur?: () => void;
}

/** A line of text with its name above. */
export function TextField(props: TextFieldProps) {
  const { type = 'text', autoComplete, maxLength, value, onChange, onBlur, ...field } = props;
  return (
    <Field {...field}>
      {(control) => (
        <TextInput
          {...control}
          {...{ type, autoComplete, maxLength, value, onBlur }}
          spellCheck={false}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      )}
    </Field>
  );
}
