import type { Settings } from '../contract/settings.ts';
import type { ConnectionRegister } from '../platform/http/connection-register.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import type { Engines } from './build-engines.ts';
import { foldersOf } from './build-library.ts';
import type { Library } from './build-library.ts';
import type { VariantFits } from './discover/variant-fits.ts';

interface FollowDeps {
  readonly settings: SettingsStore;
  readonly register: ConnectionRegister;
  readonly library: Library;
  readonly engines: Engines;
  readonly fits: VariantFits;
  readonly warn: (data: object, sentence: string) => void;
}

/** Puts changed preferences into force where parts keep state of their own. Returns how to stop. */
export function followSettings(deps: FollowDeps): () => void {
  const { settings, register, library, engines, fits } = deps;
  let before = settings.current();
  return settings.onChanged((next) => {
    const changed = (...fields: readonly (keyof Settings)[]): boolean =>
      fields.some((field) => JSON.stringify(before[field]) !== JSON.stringify(next[field]));
    if (changed('localOnly')) {
      register.setLocalOnly(next.localOnly);
      void engines.attached.recheck();
    }
    if (changed('localOnly', 'hubEndpoint')) library.hub.settingsChanged();
    if (changed('downloadBytesPerSecond', 'downloadHours')) library.downloads.limitsChanged();
    if (changed('memoryShare', 'gpuMemoryShare')) fits.clear();
    if (changed('modelFolders', 'downloadFolder')) {
      library.models.setFolders(foldersOf(next)).catch((error: unknown) => {
        deps.warn({ err: error }, 'model folders not read');
      });
    }
    if (changed('usedStores')) {
      library.models.setStores(next.usedStores).catch((error: unknown) => {
        deps.warn({ err: error }, 'stores not read');
      });
    }
    before = next;
  });
}
