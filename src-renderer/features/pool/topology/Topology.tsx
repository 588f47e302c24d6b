import type { CSSProperties, KeyboardEvent, ReactNode } from 'react';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { PoolOverview } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useNow } from '../../../ui/use-now.ts';
import { AskerBox } from './AskerBox.tsx';
import { Flow } from './Flow.tsx';
import { layoutOf } from './layout.ts';
import type { Placed } from './layout.ts';
import { MachineBox } from './MachineBox.tsx';
import { ModelBox } from './ModelBox.tsx';
import { stepFrom } from './steps.ts';
import styles from './Topology.module.css';
import { askerKey, machineKey, modelKey, topologyOf } from './topology.ts';

export interface TopologyProps {
  readonly overview: PoolOverview;
}

/**
 * Who asks, which model, which machine, in reading order. Arrow keys move within a column and along
 * lines; narrow windows show the boxes without lines, and say in words whom each machine answers.
 */
export function Topology({ overview }: TopologyProps) {
  const { t } = useTranslation();
  const drawing = useRef<HTMLDivElement>(null);
  const topology = useMemo(() => topologyOf(overview), [overview]);
  const { height, boxes, left, right } = useMemo(() => layoutOf(topology), [topology]);
  const { askers, models, machines, folded } = topology;
  const now = useNow(
    1000,
    machines.some(({ phase }) => phase === 'lost'),
  );

  function follow(event: KeyboardEvent<HTMLDivElement>): void {
    const at = event.target instanceof HTMLElement ? event.target.dataset['box'] : undefined;
    const next = at === undefined ? undefined : stepFrom(topology, at, event.key);
    if (next === undefined) return;
    event.preventDefault();
    drawing.current?.querySelector<HTMLElement>(`[data-box="${CSS.escape(next)}"]`)?.focus();
  }

  const placeOf = (key: string) => ({ boxKey: key, style: styleOf(boxes.get(key)) });
  return (
    // The boxes inside have the focus; this only moves it.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={drawing}
      className={styles['topology']}
      style={{ '--height': `${String(height / 16)}rem` } as CSSProperties}
      onKeyDown={follow}
    >
      <Column title={t('overview.whoAsks')} name="askers" folded={folded.askers}>
        {askers.map((asker) => (
          <AskerBox key={asker.id} asker={asker} {...placeOf(askerKey(asker.id))} />
        ))}
        {askers.length === 0 && <li className={styles['nobody']}>{t('overview.nobody')}</li>}
      </Column>
      <Flow edges={left} height={height} />
      <Column title={t('overview.entries')} name="models" folded={folded.models}>
        {models.map((model) => (
          <ModelBox key={model.id} model={model} {...placeOf(modelKey(model.id))} />
        ))}
        {models.length === 0 && <li className={styles['nobody']}>{t('overview.noModels')}</li>}
      </Column>
      <Flow edges={right} height={height} />
      <Column title={t('overview.machines')} name="machines" folded={folded.machines}>
        {machines.map((machine) => (
          <MachineBox
            key={machine.id}
            {...{ machine, overview, now }}
            {...placeOf(machineKey(machine.id))}
          />
        ))}
      </Column>
    </div>
  );
}

interface ColumnProps {
  readonly title: string;
  readonly name: 'askers' | 'models' | 'machines';
  /** How many found no room. */
  readonly folded: number;
  readonly children: ReactNode;
}

function Column({ title, name, folded, children }: ColumnProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section aria-label={title} className={styles['column']} data-column={name}>
      <h2>{title}</h2>
      <ul className={styles['boxes']}>{children}</ul>
      {folded > 0 && (
        <p className={styles['folded']}>
          {t(`overview.folded.${name}`, { count: folded, folded: format.count(folded) })}
        </p>
      )}
    </section>
  );
}

function styleOf(placed: Placed | undefined): CSSProperties {
  if (placed === undefined) return {};
  return {
    '--y': `${String(placed.y / 16)}rem`,
    '--box': `${String(placed.height / 16)}rem`,
  } as CSSProperties;
}
