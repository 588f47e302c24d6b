import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelPrice } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { usePrices } from '../../../state/gateway-lists.ts';
import { useMay } from '../../../state/may.ts';
import { useProviders } from '../../../state/providers.ts';
import { Asking } from '../../../ui/Asking.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { SearchField } from '../../../ui/SearchField.tsx';
import { MissingPrices } from './MissingPrices.tsx';
import styles from './Models.module.css';
import { PriceDialog } from './PriceDialog.tsx';
import { foundPrices, servedPrices } from './price-words.ts';
import { PricesTable } from './PricesTable.tsx';

/** A model whose price is being typed; the other parts are there when it has one. */
export type OpenPrice = Pick<ModelPrice, 'model' | 'provider'> & Partial<ModelPrice>;

/** As many lines are drawn; the search finds the others. */
const mostShown = 100;

/** What models cost: what has no price first, then what was set, then what is served, then all else. */
export function PricesSection() {
  const { t } = useTranslation();
  const { answer, error, refresh } = usePrices();
  const mayManage = useMay('manageModels');
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<OpenPrice>();
  const providers = useProviders((state) => state.providers);
  const served = useMemo(() => servedPrices(providers ?? []), [providers]);
  const found = foundPrices(answer?.prices ?? [], search, served);
  return (
    <PageSection
      title={t('prices.title')}
      aside={t('prices.unit')}
      actions={
        <>
          <SearchField label={t('prices.find')} value={search} onChange={setSearch} />
          {mayManage && (
            <Button
              icon={Plus}
              onClick={() => {
                setOpen({ model: '' });
              }}
            >
              {t('prices.add')}
            </Button>
          )}
        </>
      }
    >
      <Asking
        isKnown={answer !== undefined}
        error={error}
        failedTitle={t('prices.failed')}
        onRetry={refresh}
      >
        {answer !== undefined && answer.missing.length > 0 && (
          <MissingPrices missing={answer.missing} {...(mayManage && { onEnter: setOpen })} />
        )}
        <FoundPrices {...{ found, mayManage }} onChange={setOpen} onChanged={refresh} />
      </Asking>
      {open !== undefined && (
        <PriceDialog
          price={open}
          onSaved={refresh}
          onClose={() => {
            setOpen(undefined);
          }}
        />
      )}
    </PageSection>
  );
}

interface FoundPricesProps {
  readonly found: readonly ModelPrice[];
  readonly mayManage: boolean;
  readonly onChange: (price: ModelPrice) => void;
  readonly onChanged: () => void;
}

function FoundPrices({ found, ...rest }: FoundPricesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (found.length === 0) {
    return <EmptyState title={t('prices.noMatch')}>{t('prices.noMatchText')}</EmptyState>;
  }
  return (
    <>
      <PricesTable prices={found.slice(0, mostShown)} {...rest} />
      {found.length > mostShown && (
        <p className={styles['hint']}>
          {t('prices.more', { shown: mostShown, all: format.count(found.length) })}
        </p>
      )}
    </>
  );
}
