import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { licenceName } from '../../state/licence-name.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Facts } from '../../ui/Facts.tsx';
import styles from './ModelFacts.module.css';
import { storeNames } from './store-names.ts';

export interface ModelFactsProps {
  readonly model: InstalledModel;
  /** Scrolls into view and takes the focus when it appears. */
  readonly takesFocus?: boolean;
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
export function ModelFacts({ model, takesFocus = false }: ModelFactsProps) {
  const { t } = useTranslation();
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!takesFocus) return undefined;
    const before = document.activeElement;
    section.current?.scrollIntoView({ block: 'start' });
    section.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [takesFocus]);
  return (
    <section ref={section} tabIndex={-1} aria-label={t('models.facts')} className={styles['facts']}>
      <div className={styles['head']}>
        <h3>{t('models.facts')}</h3>
        <CopyButton text={model.id} label={t('models.copyId')} />
      </div>
      <FactList model={model} />
    </section>
  );
}

function FactList({ model }: { readonly model: InstalledModel }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { origin, server, path, usedBy } = model;
  const can = abilities.filter((ability) => model.capabilities?.[ability] === true);
  const named = (name: string, value: ReactNode) =>
    value === undefined ? [] : [{ name: t(`models.fact.${name}`), value }];
  const facts = [
    ...named('id', <code>{model.id}</code>),
    ...named('server', server?.name),
    ...named('architecture', model.architecture ?? t('common.unknown')),
    ...named('parameters', format.parameters(model.parameterCount)),
    ...named(
      'abilities',
      can.map((ability) => t(`models.ability.${ability}`)).join(', ') || t('common.unknown'),
    ),
    ...named('origin', origin && <code>{origin.repo}</code>),
    ...named('commit', origin && <code>{origin.commit.slice(0, 12)}</code>),
    ...named('licence', origin?.licence && licenceName(origin.licence)),
    ...named('file', path !== undefined ? <FilePath path={path} /> : undefined),
    ...named('usedBy', usedBy.length > 0 ? storeNames(usedBy, format.locale) : undefined),
  ];
  if (path !== undefined) {
    const digest = model.digest && <code>{model.digest}</code>;
    facts.push({ name: 'SHA-256', value: digest ?? t('models.fact.noDigest') });
  }
  return <Facts facts={facts} />;
}

function FilePath({ path }: { readonly path: string }) {
  const { t } = useTranslation();
  return (
    <span className={styles['path']}>
      <code>{path}</code>
      <CopyButton text={path} label={t('models.copyPath')} shape="icon" />
    </span>
  );
}
