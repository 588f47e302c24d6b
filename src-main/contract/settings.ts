import { z } from 'zod';
import { nothing } from './common.ts';
import { call, notify } from './kinds.ts';

const preferences = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', 'en', 'zh-CN']),
  /** Which keys send a message. */
  sendWith: z.enum(['enter', 'ctrl-enter']),
  /** Loaded at start and chosen for new chats. */
  defaultModel: z.string(),
  loadAtStart: z.boolean(),
  /** The desktop window's close button keeps the server running in the tray. */
  closeToTray: z.boolean(),
  startAtLogin: z.boolean(),
  /** Tools on this machine may ask our own engines without a key. */
  keyless: z.boolean(),
  /** Loopback port; 0 picks a free one. A chosen port is kept. */
  port: z.int().min(0).max(65_535),
  /** Share of main memory that models may take together. */
  memoryShare: z.number().min(0.1).max(0.95),
  /** A model that nobody used for so long is unloaded; 0 keeps it. */
  idleUnloadMinutes: z.int().min(0).max(10_080),
});

/** Preferences of this machine's owner. Objects such as keys and chats live in the database. */
export const settingsSchema = preferences.extend({ version: z.literal(1) });
export type Settings = z.infer<typeof settingsSchema>;

export const settingsPatch = preferences.partial();
export type SettingsPatch = z.infer<typeof settingsPatch>;

export const defaultSettings: Settings = {
  version: 1,
  theme: 'system',
  language: 'system',
  sendWith: 'enter',
  defaultModel: 'guide',
  loadAtStart: true,
  closeToTray: false,
  startAtLogin: false,
  keyless: true,
  port: 8484,
  memoryShare: 0.7,
  idleUnloadMinutes: 30,
};

export const settings = {
  get: call('GET', '/control/settings', nothing, settingsSchema),
  update: call('PATCH', '/control/settings', settingsPatch, settingsSchema),
  onChanged: notify('settings.changed', settingsSchema),
};
