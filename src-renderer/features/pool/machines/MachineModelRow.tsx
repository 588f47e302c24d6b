import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { MachineModel, PoolMachine } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import type { Tone } from '../../../ui/StateBadge.tsx';
import { Cell } from '../../../ui/Table.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import styles from './MachineModels.module.css';

export interface MachineModelRowProps {
  readonly machine: PoolMachine;
  readonly model: MachineModel;
  readonly mayManage: boolean;
}

const stateTones: Readonly<Record<MachineModel['state']['phase'], Tone>> = {
  installed: 'rest',
  loading: 'work',
  ready: 'ok',
  draining: 'work',
};

const proofTones: Readonly<Record<MachineModel['proof'], Tone>> = {
  own: 'ok',
  verified: 'ok',
  unverified: 'slow',
  checking: 'work',
  quarantined: 'fail',
};

/** A model on one machine: loaded or not, proven or not, and how fast as the gateway measured it. */
export function MachineModelRow({ machine, model, mayManage }: MachineModelRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, id, state, contextLength, prefillPerSecond, decodePerSecond } = model;
  const word =
    state.phase === 'loading'
      ? t('machines.model.loading', { percent: format.percent(state.share) })
      : t(`common.modelState.${state.phase}`);
  return (
    <tr>
      <Cell>
        <span className={styles['name']} title={id}>
          {name}
        </span>
        <span className={styles['narrow']}>
          <Proof model={model} />
        </span>
      </Cell>
      <Cell>
        <StateBadge tone={stateTones[state.phase]}>{word}</StateBadge>
      </Cell>
      <Cell className={styles['wide']}>
        <Proof model={model} />
      </Cell>
      <Cell isFigure className={styles['wide']}>
        {format.count(contextLength)}
      </Cell>
      <Cell isFigure className={styles['spare']}>
        {format.rate(prefillPerSecond)}
      </Cell>
      <Cell isFigure className={styles['spare']}>
        {format.rate(decodePerSecond)}
      </Cell>
      <Cell isFigure>{mayManage && <ModelDeed machine={machine} model={model} />}</Cell>
    </tr>
  );
}

function Proof({ model: { proof, problem } }: Pick<MachineModelRowProps, 'model'>) {
  const { t } = useTranslation();
  const why = problem ?? (proof === 'unverified' ? t('machines.proofWhy.unverified') : undefined);
  return (
    <>
      <StateBadge tone={proofTones[proof]}>{t(`machines.proof.${proof}`)}</StateBadge>
      {why !== undefined && <span className={styles['problem']}>{sentence(why)}</span>}
    </>
  );
}

/** Loads or unloads it there, where the machine's owner allows that. */
function ModelDeed({ machine, model }: Omit<MachineModelRowProps, 'mayManage'>) {
  const { t } = useTranslation();
  const deed = useDeed();
  const kind = commandFor(machine, model);
  if (kind === undefined) return null;
  return (
    <>
      <Button
        size="row"
        aria-label={t(`machines.model.${kind}Name`, { name: model.name })}
        busyLabel={deed.isBusy ? t(`machines.model.${kind}Busy`) : undefined}
        onClick={() =>
          void deed.run(async () => {
            const command = { kind, modelId: model.id };
            await api.pools.commandMachine({ id: machine.id, command });
          })
        }
      >
        {t(`machines.model.${kind}`)}
      </Button>
      {deed.error && <ErrorNote error={deed.error} />}
    </>
  );
}

/** What can be done with a model over there; undefined where nothing is allowed or needed. */
export function commandFor(
  { isThisMachine, phase, allowedCommands }: PoolMachine,
  { state }: MachineModel,
): 'load' | 'unload' | undefined {
  if (isThisMachine || (phase !== 'online' && phase !== 'paused')) return undefined;
  const wanted =
    state.phase === 'installed' ? 'load' : state.phase === 'ready' ? 'unload' : undefined;
  return wanted !== undefined && allowedCommands.includes(wanted) ? wanted : undefined;
}
