import type { ControlHandlers } from '../../contract/control.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';

export function createSettingsHandlers(settings: SettingsStore): ControlHandlers['settings'] {
  return {
    get: () => settings.current(),
    update: (patch) => settings.update(patch),
  };
}
