import { settingsPatch } from '../contract/settings.ts';
import type { Settings, SettingsPatch } from '../contract/settings.ts';
import { MillpondError } from '../core/error.ts';
import type { SettingsStore } from './settings-store.ts';

interface OverlayOptions {
  /** What is in force at first. */
  readonly base: Settings;
  /** In force whatever else is said. */
  readonly fixed: SettingsPatch;
  /** Why those cannot be changed now, in one sentence. */
  readonly why: string;
  readonly notice?: string | undefined;
}

/**
 * Settings for one start only: changes are taken and announced, and nothing is ever written. What stands
 * on the disk is in force again at the next start.
 */
export function overlaySettings(options: OverlayOptions): SettingsStore {
  const { base, fixed, why, notice } = options;
  const listeners = new Set<(settings: Settings) => void>();
  let changed: SettingsPatch = {};
  let held: SettingsPatch = {};
  let settings = combined();

  function combined(): Settings {
    return [changed, held, fixed].reduce<Settings>(
      (all, patch) => ({ ...all, ...withoutUndefined(patch) }),
      base,
    );
  }

  function announce(): void {
    settings = combined();
    for (const listener of listeners) listener(settings);
  }

  return {
    current: () => settings,
    ...(notice !== undefined && { notice }),
    async update(patch) {
      const checked = settingsPatch.parse(patch);
      const wanted = Object.entries(withoutUndefined(checked));
      const fixedValues = new Map<string, unknown>(Object.entries(fixed));
      const refused = wanted.find(
        ([name, value]) =>
          fixedValues.has(name) && JSON.stringify(fixedValues.get(name)) !== JSON.stringify(value),
      );
      if (refused !== undefined) {
        throw new MillpondError('conflict', why, { param: refused[0], reason: 'start-mode' });
      }
      changed = { ...changed, ...checked };
      announce();
      return Promise.resolve(settings);
    },
    hold(patch) {
      held = patch;
      announce();
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function withoutUndefined(patch: SettingsPatch): object {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}
