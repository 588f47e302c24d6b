import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Field } from '../../../ui/Field.tsx';
import { TextArea } from '../../../ui/TextInput.tsx';

export interface SystemPromptFieldProps {
  readonly value: string;
  /** The default of the model, sent while this one is empty. */
  readonly fallback: string;
  readonly onChange: (value: string) => void;
}

/** Writing pauses this long before it is kept; leaving the field keeps it at once. */
const pauseMs = 600;

export function SystemPromptField({ value, fallback, onChange }: SystemPromptFieldProps) {
  const { t } = useTranslation();
  /** What was written and not kept yet. */
  const [written, setWritten] = useState<string | undefined>(undefined);
  const keep = useRef(onChange);
  useEffect(() => {
    keep.current = onChange;
  });
  useEffect(() => {
    if (written === undefined) return;
    const timer = setTimeout(() => {
      keep.current(written);
      setWritten(undefined);
    }, pauseMs);
    return () => {
      clearTimeout(timer);
    };
  }, [written]);
  const keepNow = () => {
    if (written === undefined) return;
    onChange(written);
    setWritten(undefined);
  };
  return (
    <Field
      label={t('chat.panel.systemPrompt')}
      hint={
        fallback === ''
          ? t('chat.panel.systemPromptHint')
          : t('chat.panel.systemPromptFallback', { prompt: fallback })
      }
    >
      {(control) => (
        <TextArea
          {...control}
          rows={4}
          maxLength={100_000}
          placeholder={fallback}
          value={written ?? value}
          onChange={(event) => {
            setWritten(event.target.value);
          }}
          onBlur={keepNow}
        />
      )}
    </Field>
  );
}
