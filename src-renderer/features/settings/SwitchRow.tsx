import type { Settings } from '../../api.ts';
import { Switch } from '../../ui/Switch.tsx';
import { SettingRow } from './SettingRow.tsx';
import { useSetting } from './use-setting.ts';

type SwitchName = {
  [Name in keyof Settings]: Settings[Name] extends boolean ? Name : never;
}[keyof Settings];

export interface SwitchRowProps {
  readonly setting: SwitchName;
  readonly name: string;
  readonly effect: string;
}

/** A preference that is on or off. */
export function SwitchRow({ setting, name, effect }: SwitchRowProps) {
  const { value, set, error } = useSetting(setting);
  return (
    <SettingRow name={name} effect={effect} error={error}>
      {(control) => <Switch {...control} checked={value === true} onChange={set} />}
    </SettingRow>
  );
}
