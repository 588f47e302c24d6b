import type { SharingSettingsPort } from '../../agent/ports.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';

/** The owner's choices about sharing, in the settings file. */
export function createSharingSettings(settings: SettingsStore): SharingSettingsPort {
  return {
    current: () => settings.current().sharing,
    async save({ rules, limits, ...sharing }) {
      await settings.update({
        sharing: {
          ...sharing,
          rules: {
            ...rules,
            notWhileRunning: {
              ...rules.notWhileRunning,
              programs: [...rules.notWhileRunning.programs],
            },
          },
          limits: {
            ...limits,
            models: limits.models === null ? null : [...limits.models],
            allowedCommands: [...limits.allowedCommands],
          },
        },
      });
    },
    onChanged(listener) {
      let known = settings.current().sharing;
      return settings.onChanged(({ sharing }) => {
        if (sharing === known) return;
        known = sharing;
        listener();
      });
    },
  };
}
