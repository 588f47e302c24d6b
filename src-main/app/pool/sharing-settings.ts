import type { SharingSettingsPort } from '../../agent/ports.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';
import { sharingChoices } from './sharing-choices.ts';

/** The owner's choices about sharing, in the settings file. */
export function createSharingSettings(settings: SettingsStore): SharingSettingsPort {
  return {
    current: () => settings.current().sharing,
    async save(sharing) {
      await settings.update({ sharing: { ...sharing, ...sharingChoices(sharing) } });
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
