import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Aim } from '../../../api.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Slider } from '../../../ui/Slider.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import type { LoadOptions } from './load-draft.ts';
import styles from './LeanSlider.module.css';

export interface LeanSliderProps {
  readonly modelId: string;
  /** Puts these into the fields; nothing is saved or loaded. */
  readonly onSuggest: (options: LoadOptions) => void;
}

const aims = ['speed', 'context', 'quality'] as const satisfies readonly Aim[];

/** One slider for people who don't want to know the others: its position fills the fields below. */
export function LeanSlider({ modelId, onSuggest }: LeanSliderProps) {
  const { t } = useTranslation();
  const [aim, setAim] = useState<Aim>();
  const deed = useDeed();
  const asking = useRef<AbortController>(undefined);

  async function lean(next: Aim): Promise<void> {
    setAim(next);
    asking.current?.abort();
    const stop = new AbortController();
    asking.current = stop;
    await deed.run(async () => {
      try {
        const { options } = await api.models.suggest(
          { id: modelId, aim: next },
          { signal: stop.signal },
        );
        if (!stop.signal.aborted) onSuggest(options);
      } catch (thrown) {
        if (!stop.signal.aborted) throw thrown;
      }
    });
  }

  return (
    <div className={styles['lean']}>
      <Field
        label={t('models.lean.title')}
        hint={t(aim === undefined ? 'models.lean.hint' : `models.lean.effect.${aim}`)}
      >
        {(control) => (
          <div>
            <Slider
              {...control}
              min={0}
              max={aims.length - 1}
              step={1}
              value={aims.indexOf(aim ?? 'context')}
              aria-valuetext={aim === undefined ? t('models.lean.unset') : t(`models.lean.${aim}`)}
              onChange={(place) => {
                const next = aims[place];
                if (next !== undefined) void lean(next);
              }}
            />
            <p aria-hidden className={styles['ends']}>
              {aims.map((name) => (
                <span key={name} data-chosen={name === aim || undefined}>
                  {t(`models.lean.${name}`)}
                </span>
              ))}
            </p>
          </div>
        )}
      </Field>
      {deed.error && <ErrorNote error={deed.error} title={t('models.lean.failed')} />}
    </div>
  );
}
