import type { Settings, SettingsPatch } from '../contract/settings.ts';
import { defaultSettings } from '../contract/settings.ts';
import type { StartMode } from '../contract/system.ts';
import { MillpondError } from '../core/error.ts';
import type { Clock } from '../core/clock.ts';
import type { ProcessLauncher } from '../platform/process-launcher.ts';
import { openSettings } from '../settings/settings-store.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import { overlaySettings } from '../settings/overlaid-settings.ts';

/** Nothing goes out and nobody else comes in, whatever the settings say. */
const secluded = {
  localOnly: true,
  ollamaPort: false,
  mapPort: false,
  announcePools: false,
  findPools: false,
  telemetryEndpoint: '',
  fetchPictures: false,
} satisfies SettingsPatch;

/** Why nothing goes out; undefined for a start that may. */
export function seclusionOf(mode: StartMode): string | undefined {
  switch (mode) {
    case 'normal':
      return undefined;
    case 'safe':
      return 'Safe mode is on, in which nothing leaves this machine; start Millpond normally to allow it';
    case 'trial':
      return 'This start is a trial of an update, in which nothing leaves this machine';
  }
}

/** Throws for what a start in this mode does not do, such as opening the public port. */
export function refuseInMode(mode: StartMode, what: string): void {
  if (mode === 'normal') return;
  const reason = mode === 'safe' ? 'Safe mode is on' : 'This start is a trial of an update';
  throw new MillpondError('conflict', `${reason}: ${what}; start Millpond normally first`, {
    reason: 'start-mode',
  });
}

/** The settings of such a start. Those on the disk are only written in a normal one. */
export async function settingsFor(
  mode: StartMode,
  place: { readonly dataFolder: string; readonly clock: Pick<Clock, 'now'> },
): Promise<SettingsStore> {
  if (mode === 'normal') return openSettings(place);
  if (mode === 'trial') {
    const saved = await openSettings(place);
    const why = 'This start is a trial of an update; such settings cannot be changed in it';
    const fixed = { ...secluded, loadAtStart: false };
    return overlaySettings({ base: saved.current(), fixed, why, notice: saved.notice });
  }
  // Not even settings that cannot be read keep safe mode from starting.
  const saved = await openSettings(place).catch((error: unknown) => ({
    current: () => defaultSettings,
    notice: MillpondError.from(error).message,
  }));
  return overlaySettings({
    base: safeSettings(saved.current()),
    fixed: { ...secluded, loadAtStart: false },
    why: 'Safe mode is on; start Millpond normally to change this setting',
    notice: saved.notice,
  });
}

/** The defaults, but for what a person reads and for what the system has been told. */
function safeSettings({ language, theme, startAtLogin, port }: Settings): Settings {
  return { ...defaultSettings, language, theme, startAtLogin, port };
}

/** Children that never open a graphics driver. */
export function withoutGraphics(launcher: ProcessLauncher): ProcessLauncher {
  return {
    launch: (entry, options) =>
      launcher.launch(entry, { ...options, env: { ...options?.env, MILLPOND_CPU_ONLY: '1' } }),
  };
}
