import { useTranslation } from 'react-i18next';
import type { Membership } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import styles from './JoinedModels.module.css';

export interface JoinedModelsProps {
  readonly membership: Membership;
}

/** What the pool offers here, by the name under which it is asked. */
export function JoinedModels({ membership }: JoinedModelsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  // What was offered before the link was lost cannot be asked now.
  const models = membership.link.phase === 'online' ? membership.models : [];
  return (
    <PageSection title={t('join.models.title')}>
      {models.length === 0 ? (
        <p className={styles['none']}>{t('join.models.none')}</p>
      ) : (
        <Table label={t('join.models.title')}>
          <thead>
            <tr>
              <HeadCell>{t('join.models.name')}</HeadCell>
              <HeadCell className={styles['wide']}>{t('join.models.id')}</HeadCell>
              <HeadCell isFigure className={styles['wide']}>
                {t('join.models.context')}
              </HeadCell>
              <HeadCell isFigure>{t('join.models.machines')}</HeadCell>
              <HeadCell>{t('join.models.state')}</HeadCell>
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <tr key={model.id}>
                <Cell className={styles['name']}>{model.name}</Cell>
                <Cell className={styles['wide']}>
                  <span className={styles['id']}>
                    <code>{model.id}</code>
                    <CopyButton
                      text={model.id}
                      label={t('join.models.copy', { name: model.name })}
                      shape="icon"
                    />
                  </span>
                </Cell>
                <Cell isFigure className={styles['wide']}>
                  {format.count(model.contextLength)}
                </Cell>
                <Cell isFigure>{format.count(model.machines)}</Cell>
                <Cell>
                  <StateBadge tone={model.isReady ? 'ok' : 'rest'}>
                    {t(model.isReady ? 'common.modelState.ready' : 'common.modelState.installed')}
                  </StateBadge>
                </Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </PageSection>
  );
}
