import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { Field } from '../../../ui/Field.tsx';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import type { OpenPrice } from './PricesSection.tsx';
import { priceDraftOf, priceOf, priceProblem } from './price-draft.ts';
import type { PriceDraft } from './price-draft.ts';
import styles from './Models.module.css';
import { TiersField } from './TiersField.tsx';

export interface PriceDialogProps {
  readonly price: OpenPrice;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** What a model costs from the next request on; what was charged stays. */
export function PriceDialog({ price, onSaved, onClose }: PriceDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [draft, setDraft] = useState(() => priceDraftOf(price));
  const problem = priceProblem(draft);

  async function keep(): Promise<void> {
    const wanted = priceOf(draft);
    if (wanted === undefined) return;
    await api.prices.set(wanted);
    onSaved();
    onClose();
  }

  return (
    <FormDialog
      title={price.model === '' ? t('prices.add') : t('prices.changeName', { model: price.model })}
      size="large"
      deed={deed}
      submitLabel={t('common.save')}
      busyLabel={t('common.saving')}
      problem={problem && t(`prices.problem.${problem}`)}
      onSubmit={() => void deed.run(keep)}
      onClose={onClose}
    >
      {price.model === '' && <WhichModel draft={draft} onChange={setDraft} />}
      <TiersField
        title={t('prices.charged')}
        hint={t('prices.chargedHint')}
        least={1}
        tiers={draft.tiers}
        onChange={(tiers) => {
          setDraft({ ...draft, tiers });
        }}
      />
      <TiersField
        title={t('prices.credited')}
        hint={t('prices.creditedHint')}
        least={0}
        tiers={draft.contributorTiers}
        onChange={(contributorTiers) => {
          setDraft({ ...draft, contributorTiers });
        }}
      />
    </FormDialog>
  );
}

interface WhichModelProps {
  readonly draft: PriceDraft;
  readonly onChange: (draft: PriceDraft) => void;
}

function WhichModel({ draft, onChange }: WhichModelProps) {
  const { t } = useTranslation();
  return (
    <div className={styles['pair']}>
      <Field label={t('prices.column.model')} hint={t('prices.modelHint')}>
        {(control) => (
          <TextInput
            {...control}
            data-autofocus
            autoComplete="off"
            spellCheck={false}
            maxLength={300}
            value={draft.model}
            onChange={(event) => {
              onChange({ ...draft, model: event.target.value });
            }}
          />
        )}
      </Field>
      <Field label={t('prices.column.provider')} hint={t('prices.providerHint')}>
        {(control) => (
          <TextInput
            {...control}
            autoComplete="off"
            spellCheck={false}
            maxLength={100}
            value={draft.provider}
            onChange={(event) => {
              onChange({ ...draft, provider: event.target.value });
            }}
          />
        )}
      </Field>
    </div>
  );
}
