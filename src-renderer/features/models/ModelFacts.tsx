import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Facts } from '../../ui/Facts.tsx';
import styles from './ModelFacts.module.css';

export interface ModelFactsProps {
  readonly model: InstalledModel;
}

const abilities = [
  'chat',
  'completion',
  'embedding',
  'rerank',
  'tools',
  'reasoning',
  'vision',
] as const;

/** What the file says about itself. */
export function ModelFacts({ model }: ModelFactsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const can = abilities.filter((ability) => model.capabilities?.[ability] === true);
  return (
    <section aria-label={t('models.facts')} className={styles['facts']}>
      <div className={styles['head']}>
        <h3>{t('models.facts')}</h3>
        <CopyButton text={model.id} label={t('models.copyId')} />
      </div>
      <Facts
        facts={[
          { name: t('models.fact.id'), value: <code>{model.id}</code> },
          { name: t('models.fact.architecture'), value: model.architecture ?? t('common.unknown') },
          { name: t('models.fact.parameters'), value: format.parameters(model.parameterCount) },
          {
            name: t('models.fact.abilities'),
            value:
              can.length === 0
                ? t('common.unknown')
                : can.map((ability) => t(`models.ability.${ability}`)).join(', '),
          },
          { name: t('models.fact.file'), value: <code>{model.path}</code> },
          {
            name: 'SHA-256',
            value:
              model.digest === undefined ? t('models.fact.noDigest') : <code>{model.digest}</code>,
          },
        ]}
      />
    </section>
  );
}
