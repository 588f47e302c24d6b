import { useTranslation } from 'react-i18next';
import type { MachineStatus } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { useMachine } from '../../state/machine.ts';
import { Note } from '../../ui/Note.tsx';
import { comfortLimits } from './machine-limits.ts';
import styles from './MachineStrip.module.css';

/** What this machine has, and how large a file it likes. Only what was really found. */
export function MachineStrip() {
  const { t } = useTranslation();
  const machine = useMachine(({ system }) => system?.machine);
  if (machine === undefined) return null;
  const gone = machine.gpus.filter((gpu) => gpu.isMissing);
  return (
    <>
      <section aria-label={t('discover.machine.title')} className={styles['strip']}>
        <Parts machine={machine} />
        <Comfort machine={machine} />
      </section>
      {gone.map((gpu) => (
        <Note
          key={gpu.name}
          tone="slow"
          title={t('discover.machine.gone', { name: gpu.name })}
          className={styles['gone']}
        >
          {t('discover.machine.goneHint')}
        </Note>
      ))}
    </>
  );
}

interface MachineProps {
  readonly machine: MachineStatus;
}

function Parts({ machine }: MachineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const vectors = vectorFeatures(machine.cpuFeatures);
  const cores = t('discover.machine.cores', { count: machine.physicalCores });
  return (
    <dl className={styles['parts']}>
      <GraphicsPart machine={machine} />
      <Part
        name={t(machine.hasUnifiedMemory ? 'discover.machine.unified' : 'discover.machine.memory')}
        value={format.memory(machine.totalMemoryBytes)}
        detail={t('discover.machine.free', { size: format.memory(machine.freeMemoryBytes) })}
      />
      <Part
        name={t('discover.machine.processor')}
        value={machine.cpuModel}
        detail={[cores, ...vectors].join(t('fit.comma'))}
      />
      {machine.disk !== undefined && (
        <Part
          name={t('discover.machine.disk')}
          value={t('discover.machine.free', { size: format.bytes(machine.disk.freeBytes) })}
          detail={t('discover.machine.ofDisk', { size: format.bytes(machine.disk.totalBytes) })}
        />
      )}
    </dl>
  );
}

/** The cards that are there; Apple's share one memory with the processor and have no figure. */
function GraphicsPart({ machine }: MachineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const present = machine.gpus.filter((gpu) => !gpu.isMissing);
  if (present.length === 0) {
    return (
      <Part
        name={t('discover.machine.graphics')}
        value={t('discover.machine.noCard')}
        detail={t('discover.machine.noCardHint')}
      />
    );
  }
  return present.map((gpu, index) => {
    const free =
      gpu.freeBytes === undefined
        ? []
        : [t('discover.machine.free', { size: format.memory(gpu.freeBytes) })];
    const memory = gpu.memoryBytes === undefined ? [] : [format.memory(gpu.memoryBytes)];
    return (
      <Part
        // Two cards of one kind have the same name.
        key={index}
        name={t('discover.machine.graphics')}
        value={gpu.name}
        detail={[...memory, ...free].join(t('fit.comma'))}
      />
    );
  });
}

interface PartProps {
  readonly name: string;
  readonly value: string;
  readonly detail: string;
}

function Part({ name, value, detail }: PartProps) {
  return (
    <div className={styles['part']}>
      <dt>{name}</dt>
      <dd className={styles['value']}>{value}</dd>
      {detail !== '' && <dd>{detail}</dd>}
    </div>
  );
}

function Comfort({ machine }: MachineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const limits = comfortLimits(machine);
  if (limits === undefined) return null;
  const hasCard = machine.gpus.some((gpu) => !gpu.isMissing);
  return (
    <div className={styles['comfort']}>
      <p className={styles['value']}>
        {t('discover.machine.comfortable', { size: format.bytes(limits.comfortableBytes) })}
      </p>
      {limits.possibleBytes !== undefined && (
        <p>{t('discover.machine.possible', { size: format.bytes(limits.possibleBytes) })}</p>
      )}
      {!hasCard && <p>{t('discover.machine.onProcessor')}</p>}
    </div>
  );
}

/** The widest vector unit is the one that decides the pace. */
function vectorFeatures(features: readonly string[]): readonly string[] {
  const names: Readonly<Record<string, string>> = {
    avx512f: 'AVX-512',
    avx2: 'AVX2',
    neon: 'NEON',
  };
  const widest = Object.keys(names).find((feature) => features.includes(feature));
  const name = widest === undefined ? undefined : names[widest];
  return name === undefined ? [] : [name];
}
