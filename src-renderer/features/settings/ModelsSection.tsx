import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { useMachine } from '../../state/machine.ts';
import { Select } from '../../ui/Select.tsx';
import { Slider } from '../../ui/Slider.tsx';
import { SettingRow } from './SettingRow.tsx';
import { useSetting } from './use-setting.ts';
import styles from './ModelsSection.module.css';

/** Minutes without a request after which a model is unloaded; 0 keeps it. */
const idleChoices = [0, 5, 10, 30, 60, 240, 1440];

export function ModelsSection() {
  return (
    <>
      <MemoryShareRow />
      <IdleRow />
    </>
  );
}

function MemoryShareRow() {
  const { t } = useTranslation();
  const format = useFormat();
  const { value, set, error } = useSetting('memoryShare');
  const machine = useMachine(({ system }) => system?.machine);
  // The slider follows the hand; only where it comes to rest is sent.
  const [dragged, setDragged] = useState<number>();
  const share = dragged ?? value ?? 0.7;
  const text = t('settings.memoryShareValue', {
    percent: format.percent(share),
    size: format.memory(machine && machine.totalMemoryBytes * share),
  });
  function settle(): void {
    if (dragged !== undefined && dragged !== value) set(dragged);
    setDragged(undefined);
  }
  return (
    <SettingRow
      name={t('settings.memoryShare')}
      effect={t('settings.memoryShareEffect')}
      error={error}
    >
      {(control) => (
        <div className={styles['share']}>
          <span>{text}</span>
          <Slider
            {...control}
            min={0.1}
            max={0.95}
            step={0.05}
            value={share}
            aria-valuetext={text}
            onChange={(next) => {
              setDragged(Math.round(next * 100) / 100);
            }}
            onPointerUp={settle}
            onKeyUp={settle}
            onBlur={settle}
          />
        </div>
      )}
    </SettingRow>
  );
}

function IdleRow() {
  const { t } = useTranslation();
  const { value = 30, set, error } = useSetting('idleUnloadMinutes');
  const choices = [...new Set([...idleChoices, value])].toSorted((a, b) => a - b);
  return (
    <SettingRow name={t('settings.idle')} effect={t('settings.idleEffect')} error={error}>
      {(control) => (
        <Select
          {...control}
          value={String(value)}
          options={choices.map((minutes) => ({
            value: String(minutes),
            label: minutes === 0 ? t('settings.never') : t('settings.minutes', { count: minutes }),
          }))}
          onChange={(next) => {
            set(Number(next));
          }}
        />
      )}
    </SettingRow>
  );
}
