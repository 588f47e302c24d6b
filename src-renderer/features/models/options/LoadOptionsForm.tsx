import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useMachine } from '../../../state/machine.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { isLoaded, loadWithOptions } from '../model-deeds.ts';
import panelStyles from '../ModelPanel.module.css';
import { CardsField } from './CardsField.tsx';
import { CacheField, FlashField, RememberField } from './ChoiceFields.tsx';
import { engineFor, isHeard } from './engine-options.ts';
import { EngineField } from './EngineField.tsx';
import { LeanSlider } from './LeanSlider.tsx';
import { draftOf, numberOptions, optionLimits, parseDraft } from './load-draft.ts';
import type { LoadDraft, NumberOption } from './load-draft.ts';
import { contextStops, wholeStops } from './number-stops.ts';
import { SliderNumberField } from './SliderNumberField.tsx';
import { usePrediction } from './use-prediction.ts';
import type { Prediction } from './use-prediction.ts';
import styles from './LoadOptionsForm.module.css';
import { WillUse } from './WillUse.tsx';

export interface LoadOptionsFormProps {
  readonly model: InstalledModel;
}

/** Every option that its program hears. The level moves with each change, before anything is loaded. */
export function LoadOptionsForm({ model }: LoadOptionsFormProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [draft, setDraft] = useState<LoadDraft>(() => draftOf(model.options));
  const [isRemembered, setIsRemembered] = useState(true);
  const parsed = parseDraft(draft, optionLimits(model));
  const options = parsed.ok ? parsed.options : undefined;
  const prediction = usePrediction(model, options);
  const set = (change: Partial<LoadDraft>) => {
    setDraft((current) => ({ ...current, ...change }));
  };
  return (
    <form
      className={panelStyles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (options === undefined || deed.isBusy) return;
        void deed.run(() => loadWithOptions(model, options, isRemembered));
      }}
    >
      <LeanSlider
        modelId={model.id}
        onSuggest={(suggested) => {
          // Where it computes is a choice of its own; the slider leaves it alone.
          const { engine, gpus } = draft;
          setDraft({ ...draftOf(suggested), engine, gpus });
        }}
      />
      <OptionFields
        model={model}
        draft={draft}
        wrong={parsed.ok ? [] : parsed.wrong}
        prediction={prediction}
        onChange={set}
      />
      <RememberField isRemembered={isRemembered} onChange={setIsRemembered} />
      <div className={styles['foot']}>
        <WillUse model={model} options={options} prediction={prediction} />
        {deed.error && <ErrorNote error={deed.error} title={t('models.loadFailed')} />}
        <Button
          type="submit"
          variant="primary"
          busyLabel={deed.isBusy ? t('models.applying') : undefined}
          disabledReason={parsed.ok ? undefined : t('models.option.fixFirst')}
        >
          {isLoaded(model) ? t('models.reloadWith') : t('models.loadWith')}
        </Button>
      </div>
    </form>
  );
}

interface OptionFieldsProps {
  readonly model: InstalledModel;
  readonly draft: LoadDraft;
  readonly wrong: readonly NumberOption[];
  readonly prediction: Prediction;
  readonly onChange: (change: Partial<LoadDraft>) => void;
}

function OptionFields({ model, draft, wrong, prediction, onChange }: OptionFieldsProps) {
  const cards = useMachine(({ system }) => system?.machine.gpus) ?? [];
  const engine = engineFor(model, draft.engine);
  const hears = (option: keyof LoadDraft) => isHeard(option, engine);
  return (
    <>
      {numberOptions
        .filter((name) => hears(name) && (name !== 'gpuLayers' || cards.length > 0))
        .map((name) => (
          <NumberOptionField
            key={name}
            model={model}
            name={name}
            text={draft[name]}
            isWrong={wrong.includes(name)}
            prediction={prediction}
            onChange={(text) => {
              onChange({ [name]: text });
            }}
          />
        ))}
      {hears('cacheType') && <CacheField value={draft.cacheType} onChange={onChange} />}
      {hears('flashAttention') && <FlashField value={draft.flashAttention} onChange={onChange} />}
      {hears('gpus') && cards.length > 0 && (
        <CardsField
          cards={cards}
          chosen={draft.gpus}
          onChange={(gpus) => {
            onChange({ gpus });
          }}
        />
      )}
      {model.engines.length > 1 && (
        <EngineField
          engines={model.engines}
          chosen={draft.engine}
          onChange={(chosen) => {
            onChange({ engine: chosen });
          }}
        />
      )}
    </>
  );
}

interface NumberOptionFieldProps {
  readonly model: InstalledModel;
  readonly name: NumberOption;
  readonly text: string;
  readonly isWrong: boolean;
  readonly prediction: Prediction;
  readonly onChange: (text: string) => void;
}

/** Sliders go this far; more can be typed. */
const slotStops = wholeStops(16);

function NumberOptionField({ model, name, prediction, ...field }: NumberOptionFieldProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const limit = optionLimits(model)[name];
  const trained = model.trainedContextLength;
  const effect = t(`models.option.${name}Hint`);
  const shared = { ...field, name, limit, hint: effect };
  if (name === 'contextLength') {
    const hint =
      trained === undefined
        ? effect
        : `${effect} ${t('models.option.trained', { max: format.count(trained) })}`;
    return (
      <SliderNumberField
        {...shared}
        hint={hint}
        stops={contextStops(limit.max)}
        automatic={model.loaded?.contextLength ?? prediction.fit?.contextLength}
      />
    );
  }
  if (name === 'slots') {
    const automatic = model.loaded?.slots ?? prediction.fit?.slots;
    return <SliderNumberField {...shared} stops={slotStops} automatic={automatic} />;
  }
  return <SliderNumberField {...shared} />;
}
