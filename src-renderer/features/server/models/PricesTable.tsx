import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { ModelPrice } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { ActionsHeadCell, Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import type { Deed } from '../../../ui/use-deed.ts';
import table from '../../pool/PoolTable.module.css';
import { ChangeButton } from '../ChangeButton.tsx';
import { FileLock } from '../FileLock.tsx';
import styles from './Models.module.css';
import { cachedMicros } from './price-words.ts';

export interface PricesTableProps {
  readonly prices: readonly ModelPrice[];
  readonly mayManage: boolean;
  readonly onChange: (price: ModelPrice) => void;
  readonly onChanged: () => void;
}

export function PricesTable({ prices, mayManage, onChange, onChanged }: PricesTableProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  return (
    <>
      {deed.error && <ErrorNote error={deed.error} />}
      <Table label={t('prices.title')}>
        <thead>
          <tr>
            <HeadCell>{t('prices.column.model')}</HeadCell>
            <HeadCell className={table['wide']}>{t('prices.column.provider')}</HeadCell>
            <HeadCell isFigure>{t('prices.column.input')}</HeadCell>
            <HeadCell isFigure className={table['wide']}>
              {t('prices.column.cached')}
            </HeadCell>
            <HeadCell isFigure>{t('prices.column.output')}</HeadCell>
            <HeadCell className={table['wide']}>{t('prices.column.source')}</HeadCell>
            {mayManage && <ActionsHeadCell />}
          </tr>
        </thead>
        <tbody>
          {prices.map((price) => (
            <PriceRow
              key={`${price.source} ${price.model}@${price.provider ?? ''}`}
              {...{ price, mayManage, deed, onChange, onChanged }}
            />
          ))}
        </tbody>
      </Table>
    </>
  );
}

interface PriceRowProps extends Omit<PricesTableProps, 'prices'> {
  readonly price: ModelPrice;
  readonly deed: Deed;
}

function PriceRow({ price, mayManage, deed, onChange, onChanged }: PriceRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { model, provider, tiers, contributorTiers } = price;
  const [tier] = tiers;
  if (tier === undefined) return null;
  return (
    <tr>
      <Cell className={styles['name']}>
        <code>{model}</code>
        {tiers.length > 1 && (
          <span className={table['detail']}>{t('prices.tiers', { count: tiers.length })}</span>
        )}
        {contributorTiers !== undefined && contributorTiers.length > 0 && (
          <span className={table['detail']}>{t('prices.contributors')}</span>
        )}
      </Cell>
      <Cell className={table['wide']}>{provider ?? t('prices.anybody')}</Cell>
      <Cell isFigure>{format.money(tier.inputMicros)}</Cell>
      <Cell isFigure className={table['wide']}>
        {format.money(cachedMicros(tier))}
      </Cell>
      <Cell isFigure>{format.money(tier.outputMicros)}</Cell>
      <Cell className={table['wide']}>
        <Source price={price} />
      </Cell>
      {mayManage && (
        <Cell isFigure>
          <PriceDeeds {...{ price, deed, onChange, onChanged }} />
        </Cell>
      )}
    </tr>
  );
}

function Source({ price: { source, asOf } }: { readonly price: ModelPrice }) {
  const { t } = useTranslation();
  if (source === 'file') return <FileLock />;
  if (source === 'manual') return <>{t('prices.manual')}</>;
  return <>{asOf === undefined ? t('prices.bundled') : t('prices.bundledAt', { day: asOf })}</>;
}

function PriceDeeds({ price, deed, onChange, onChanged }: Omit<PriceRowProps, 'mayManage'>) {
  const { t } = useTranslation();
  const { model, provider, source } = price;
  if (source === 'file') return null;
  return (
    <span className={styles['deeds']}>
      {source === 'manual' && (
        <Button
          size="row"
          variant="quiet"
          aria-label={t('prices.dropName', { model })}
          onClick={() =>
            void deed.run(async () => {
              await api.prices.remove({ model, ...(provider !== undefined && { provider }) });
              onChanged();
            })
          }
        >
          {t('prices.drop')}
        </Button>
      )}
      <ChangeButton
        label={t('prices.changeOf', { model })}
        onPress={() => {
          onChange(price);
        }}
      />
    </span>
  );
}
