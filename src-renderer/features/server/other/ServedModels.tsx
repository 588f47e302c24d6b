import { Cloud } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { AttachedServer } from '../../../api.ts';
import { showServer } from '../../../state/servers.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Icon } from '../../../ui/Icon.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import type { Deed } from '../../../ui/use-deed.ts';
import { ModelNameField } from './ModelNameField.tsx';
import styles from './ServedModels.module.css';
import { hiddenAfter } from './server-words.ts';

export interface ServedModelsProps {
  readonly server: AttachedServer;
}

/** What the server serves, what it is called here, and what is left out. */
export function ServedModels({ server }: ServedModelsProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  return (
    <>
      <Table label={t('server.other.modelsOf', { name: server.name })}>
        <thead>
          <tr>
            <HeadCell>{t('server.other.upstream')}</HeadCell>
            <HeadCell>{t('server.other.calledHere')}</HeadCell>
            <HeadCell isFigure>{t('server.other.offered')}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {server.models.map((model) => (
            <ModelLine key={model.upstreamName} server={server} model={model} deed={deed} />
          ))}
        </tbody>
      </Table>
      {deed.error && <ErrorNote error={deed.error} title={t('server.other.changeFailed')} />}
    </>
  );
}

interface ModelLineProps extends ServedModelsProps {
  readonly model: AttachedServer['models'][number];
  readonly deed: Deed;
}

function ModelLine({ server, model, deed }: ModelLineProps) {
  const { t } = useTranslation();
  const { upstreamName, isOffered } = model;
  const { id } = server;
  return (
    <tr>
      <Cell className={styles['name']}>
        <code>{upstreamName}</code>
        {model.runsElsewhere && (
          <span className={styles['elsewhere']}>
            <Icon of={Cloud} size={14} />
            {t('models.runsElsewhere')}
          </span>
        )}
      </Cell>
      <Cell>
        <ModelNameField
          label={t('server.other.nameOf', { name: upstreamName })}
          value={model.id}
          onRename={(name) =>
            deed.run(async () => {
              showServer(await api.servers.update({ id, names: { [upstreamName]: name } }));
            })
          }
        />
      </Cell>
      <Cell isFigure>
        <Switch
          aria-label={t('server.other.offer', { name: upstreamName })}
          checked={isOffered}
          onChange={(next) => {
            const hidden = hiddenAfter(server.models, upstreamName, next);
            void deed.run(async () => {
              showServer(await api.servers.update({ id, hidden }));
            });
          }}
        />
      </Cell>
    </tr>
  );
}
