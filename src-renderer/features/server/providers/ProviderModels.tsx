import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Provider } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { showProvider } from '../../../state/providers.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import type { Deed } from '../../../ui/use-deed.ts';
import table from '../../pool/PoolTable.module.css';
import { ModelNameField } from '../other/ModelNameField.tsx';
import { servedAfter } from './provider-words.ts';
import styles from './Providers.module.css';

export interface ProviderModelsProps {
  readonly provider: Provider;
  readonly mayChange: boolean;
}

/** Lists longer than this get a field to search them. */
const searchFrom = 12;
/** As many lines are drawn; the search finds the others. */
const mostShown = 60;

/** What a provider lists: which models are served here, and under which name. */
export function ProviderModels({ provider, mayChange }: ProviderModelsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const deed = useDeed();
  const [search, setSearch] = useState('');
  const { name, models } = provider;
  const wanted = search.trim().toLowerCase();
  const found = models.filter((model) =>
    `${model.upstreamName}\n${model.name}`.toLowerCase().includes(wanted),
  );
  return (
    <div className={styles['tab']}>
      {models.length > searchFrom && (
        <Field label={t('providers.models.find', { name })}>
          {(control) => (
            <TextInput
              {...control}
              type="search"
              value={search}
              onChange={(event) => {
                setSearch(event.target.value);
              }}
            />
          )}
        </Field>
      )}
      <Table label={t('providers.models.of', { name })}>
        <thead>
          <tr>
            <HeadCell>{t('providers.models.upstream')}</HeadCell>
            <HeadCell>{t('providers.models.name')}</HeadCell>
            <HeadCell isFigure className={table['wide']}>
              {t('providers.models.context')}
            </HeadCell>
            <HeadCell isFigure>{t('providers.models.served')}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {found.slice(0, mostShown).map((model) => (
            <ModelLine key={model.upstreamName} {...{ provider, model, mayChange, deed }} />
          ))}
        </tbody>
      </Table>
      {found.length > mostShown && (
        <p className={styles['quiet']}>
          {t('providers.models.more', { shown: mostShown, all: format.count(found.length) })}
        </p>
      )}
      {deed.error && <ErrorNote error={deed.error} title={t('providers.deedFailed')} />}
    </div>
  );
}

interface ModelLineProps extends ProviderModelsProps {
  readonly model: Provider['models'][number];
  readonly deed: Deed;
}

function ModelLine({ provider, model, mayChange, deed }: ModelLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { id, models } = provider;
  const { upstreamName, name, isServed, contextLength } = model;
  return (
    <tr>
      <Cell className={styles['name']}>
        <code>{upstreamName}</code>
      </Cell>
      <Cell className={styles['name']}>
        {mayChange ? (
          <ModelNameField
            label={t('providers.models.nameOf', { name: upstreamName })}
            value={name}
            onRename={(next) =>
              deed.run(async () => {
                showProvider(await api.providers.update({ id, names: { [upstreamName]: next } }));
              })
            }
          />
        ) : (
          <code>{name}</code>
        )}
      </Cell>
      <Cell isFigure className={table['wide']}>
        {format.count(contextLength)}
      </Cell>
      <Cell isFigure>
        {mayChange ? (
          <Switch
            aria-label={t('providers.models.serve', { name: upstreamName })}
            checked={isServed}
            onChange={(next) =>
              void deed.run(async () => {
                const served = servedAfter(models, upstreamName, next);
                showProvider(await api.providers.update({ id, served }));
              })
            }
          />
        ) : (
          t(isServed ? 'providers.models.yes' : 'providers.models.no')
        )}
      </Cell>
    </tr>
  );
}
