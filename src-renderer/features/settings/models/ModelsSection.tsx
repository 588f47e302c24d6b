import { useTranslation } from 'react-i18next';
import { useMachine } from '../../../state/machine.ts';
import { Select } from '../../../ui/Select.tsx';
import { SettingRow } from '../SettingRow.tsx';
import { useSetting } from '../use-setting.ts';
import { FoldersRow } from './FoldersRow.tsx';
import { MemoryShareRow } from './MemoryShareRow.tsx';

/** Minutes without a request after which a model is unloaded; 0 keeps it. */
const idleChoices = [0, 5, 10, 30, 60, 240, 1440];

export function ModelsSection() {
  const machine = useMachine(({ system }) => system?.machine);
  const cards = machine?.gpus.filter(({ isMissing }) => !isMissing) ?? [];
  const cardBytes = cards.reduce((sum, card) => sum + (card.memoryBytes ?? 0), 0);
  return (
    <>
      <MemoryShareRow setting="memoryShare" max={0.95} totalBytes={machine?.totalMemoryBytes} />
      {machine?.gpuBudgetBytes !== undefined && !machine.hasUnifiedMemory && (
        <MemoryShareRow setting="gpuMemoryShare" max={1} totalBytes={cardBytes} />
      )}
      <IdleRow />
      <FoldersRow />
    </>
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
