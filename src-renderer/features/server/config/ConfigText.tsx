import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { ConfigProblem } from '../../../api.ts';
import { refreshProviders } from '../../../state/providers.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Field } from '../../../ui/Field.tsx';
import { FileButton } from '../../../ui/FileButton.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { TextArea } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import type { Deed } from '../../../ui/use-deed.ts';
import styles from './Config.module.css';
import { ConfigResult } from './ConfigResult.tsx';
import type { Result } from './ConfigResult.tsx';
import { offsetOf } from './text-place.ts';

/** A text to check, or whose providers are taken over: Millpond's own form, or AI-api-pool's. */
export function ConfigText() {
  const { t } = useTranslation();
  const deed = useDeed();
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [result, setResult] = useState<Result>();
  const run = (work: () => Promise<Result>) => {
    setResult(undefined);
    void deed.run(async () => {
      setResult(await work());
    });
  };
  const show = ({ line, column }: ConfigProblem) => {
    const at = offsetOf(text, line, column);
    area.current?.focus();
    area.current?.setSelectionRange(at, at);
  };
  return (
    <PageSection title={t('config.text')}>
      <Field label={t('config.textLabel')} hint={t('config.textHint')}>
        {(control) => (
          <TextArea
            {...control}
            ref={area}
            rows={10}
            spellCheck={false}
            className={styles['text']}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
            }}
          />
        )}
      </Field>
      <TextDeeds {...{ text, deed, onText: setText, onRun: run }} />
      {deed.error && <ErrorNote error={deed.error} title={t('config.textFailed')} />}
      {result !== undefined && <ConfigResult result={result} onShow={show} />}
    </PageSection>
  );
}

interface TextDeedsProps {
  readonly text: string;
  readonly deed: Deed;
  readonly onText: (text: string) => void;
  readonly onRun: (work: () => Promise<Result>) => void;
}

/** A file in place of a text, and the two things that can be done with it. */
function TextDeeds({ text, deed, onText, onRun }: TextDeedsProps) {
  const { t } = useTranslation();
  const empty = text.trim() === '' ? t('config.textFirst') : undefined;
  return (
    <div className={styles['deeds']}>
      <FileButton
        accept=".yaml,.yml,text/yaml,application/yaml"
        label={t('config.choose')}
        onText={onText}
      />
      <Button
        disabledReason={empty}
        onClick={() => {
          onRun(async () => ({ deed: 'check', ...(await api.config.check({ text })) }));
        }}
      >
        {t('config.check')}
      </Button>
      <Button
        disabledReason={empty}
        busyLabel={deed.isBusy ? t('config.working') : undefined}
        onClick={() => {
          onRun(async () => {
            const taken = await api.config.import({ text });
            void refreshProviders();
            return { deed: 'import', ...taken };
          });
        }}
      >
        {t('config.import')}
      </Button>
    </div>
  );
}
