import type { MillpondError } from '../../../src-main/core/error.ts';
import type { Settings } from '../../api.ts';
import { updateSettings, useSettings } from '../../state/settings.ts';
import { useDeed } from '../../ui/use-deed.ts';

type Preference = Exclude<keyof Settings, 'version'>;

export interface Setting<Name extends Preference> {
  /** Undefined until the settings have arrived. */
  readonly value: Settings[Name] | undefined;
  /** Acts at once, and goes back to the old value if the runtime refuses. */
  readonly set: (value: Settings[Name]) => void;
  readonly error: MillpondError | undefined;
}

/** One preference with its change and the change's failure. */
export function useSetting<Name extends Preference>(name: Name): Setting<Name> {
  const value = useSettings(({ settings }) => settings?.[name]);
  const { error, run } = useDeed();
  return {
    value,
    error,
    set: (next) => void run(() => updateSettings({ [name]: next })),
  };
}
