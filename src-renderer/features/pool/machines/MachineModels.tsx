import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { PoolMachine } from '../../../api.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Link } from '../../../ui/Link.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { HeadCell, Table } from '../../../ui/Table.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { DownloadCommand } from './DownloadCommand.tsx';
import { MachineModelRow } from './MachineModelRow.tsx';
import styles from './MachineModels.module.css';
import { isHere } from './machine-words.ts';

export interface MachineModelsProps {
  readonly machine: PoolMachine;
  readonly mayManage: boolean;
}

/** A machine's models: what proves them, how fast they are, and what its owner lets us do. */
export function MachineModels({ machine, mayManage }: MachineModelsProps) {
  const { t } = useTranslation();
  const { models } = machine;
  return (
    <PageSection
      title={t('machines.models')}
      actions={
        mayManage &&
        !machine.isThisMachine &&
        models.length > 0 &&
        isHere(machine) && <ProbeButton machine={machine} />
      }
    >
      {models.length === 0 ? (
        <p className={styles['none']}>
          {t(isHere(machine) ? 'machines.noModels' : 'machines.modelsUnknown')}
        </p>
      ) : (
        <Table label={t('machines.models')}>
          <thead>
            <tr>
              <HeadCell>{t('machines.model.name')}</HeadCell>
              <HeadCell>{t('machines.model.state')}</HeadCell>
              <HeadCell className={styles['wide']}>{t('machines.model.proof')}</HeadCell>
              <HeadCell isFigure className={styles['wide']}>
                {t('machines.model.context')}
              </HeadCell>
              <HeadCell isFigure className={styles['spare']}>
                {t('machines.model.reads')}
              </HeadCell>
              <HeadCell isFigure className={styles['spare']}>
                {t('machines.model.writes')}
              </HeadCell>
              <HeadCell>
                <span className="visually-hidden">{t('machines.model.deeds')}</span>
              </HeadCell>
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <MachineModelRow key={model.id} {...{ machine, model, mayManage }} />
            ))}
          </tbody>
        </Table>
      )}
      {mayManage && <Commands machine={machine} />}
    </PageSection>
  );
}

/** Lifts a quarantine by asking the machine the same again. */
function ProbeButton({ machine }: Pick<MachineModelsProps, 'machine'>) {
  const { t } = useTranslation();
  const deed = useDeed();
  return (
    <>
      {deed.error && <ErrorNote error={deed.error} />}
      <Button
        size="row"
        busyLabel={deed.isBusy ? t('machines.proof.checking') : undefined}
        onClick={() =>
          void deed.run(async () => {
            await api.pools.probeMachine({ id: machine.id });
          })
        }
      >
        {t('machines.probe')}
      </Button>
    </>
  );
}

/** Which commands the machine's owner allows, and the one that needs a name. */
function Commands({ machine }: Pick<MachineModelsProps, 'machine'>) {
  const { t } = useTranslation();
  const { allowedCommands, isThisMachine, personName } = machine;
  if (isThisMachine) {
    return (
      <p className={styles['none']}>
        {t('machines.ownModels')} <Link to={{ page: 'models' }}>{t('frame.page.models')}</Link>
      </p>
    );
  }
  const words = allowedCommands.map((command) => t(`machines.command.${command}`)).join(', ');
  return (
    <>
      <p className={styles['none']}>
        {words === ''
          ? t('machines.commandsNone', { person: personName })
          : t('machines.commandsSome', { person: personName, commands: words })}
      </p>
      {allowedCommands.includes('download') && isHere(machine) && (
        <DownloadCommand machine={machine} />
      )}
    </>
  );
}
