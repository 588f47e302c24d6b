import { Plus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { emptyTier } from './price-draft.ts';
import type { TierDraft } from './price-draft.ts';
import styles from './Models.module.css';

export interface TiersFieldProps {
  readonly title: string;
  readonly hint: string;
  readonly tiers: readonly TierDraft[];
  /** As many stay. */
  readonly least: number;
  readonly onChange: (tiers: readonly TierDraft[]) => void;
}

const columns = ['maxInputTokens', 'input', 'cachedInput', 'cacheWrite', 'output'] as const;

/** Rates by the length of the prompt. The first tier that a prompt fits counts. */
export function TiersField({ title, hint, tiers, least, onChange }: TiersFieldProps) {
  const { t } = useTranslation();
  const isShort = tiers.length === 0;
  return (
    <fieldset className={styles['editor']}>
      <legend>{title}</legend>
      <p className={styles['hint']}>{hint}</p>
      {tiers.map((tier, index) => (
        <div
          key={tier.key}
          role="group"
          aria-label={t('prices.tier', { number: index + 1 })}
          className={styles['tier']}
        >
          {columns.map((column) => (
            <label key={column} className={styles['rate']}>
              <span>{t(`prices.field.${column}`)}</span>
              <TextInput
                inputMode="decimal"
                autoComplete="off"
                placeholder={t(`prices.open.${column}`)}
                value={tier[column]}
                onChange={(event) => {
                  onChange(tiers.with(index, { ...tier, [column]: event.target.value }));
                }}
              />
            </label>
          ))}
          <IconButton
            size="row"
            icon={X}
            label={t('prices.dropTier', { number: index + 1 })}
            aria-disabled={tiers.length <= least || undefined}
            onClick={() => {
              if (tiers.length > least) onChange(tiers.toSpliced(index, 1));
            }}
          />
        </div>
      ))}
      <Button
        size="row"
        variant="quiet"
        icon={Plus}
        className={styles['start']}
        onClick={() => {
          const key = Math.max(-1, ...tiers.map((tier) => tier.key)) + 1;
          onChange([...tiers, emptyTier(key)]);
        }}
      >
        {t(isShort ? 'prices.addRates' : 'prices.addTier')}
      </Button>
    </fieldset>
  );
}
