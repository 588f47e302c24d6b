import { z } from 'zod';
import { instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';
import { sharingLimits, sharingRules } from './sharing.ts';

/** When and how much this machine works for others. */
export const sharingPreferences = z.strictObject({
  /** What the owner pressed last. */
  wish: z.enum(['share', 'finish', 'pause']),
  /** A manual pause that ends by itself. */
  wishUntil: instant.optional(),
  rules: sharingRules,
  limits: sharingLimits,
});

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
  /** Share of graphics memory that models may take together. */
  gpuMemoryShare: z.number().min(0.1).max(1),
  /** Nothing leaves this machine: hub, providers and servers elsewhere are closed. */
  localOnly: z.boolean(),
  /** A list of newer versions is asked for once a day. */
  lookForUpdates: z.boolean(),
  /** Where models are looked for; empty: `HF_ENDPOINT`, else the official hub. */
  hubEndpoint: z.string().max(500),
  /** Folders searched besides our own; downloads go to the first with `downloadFolder`. */
  modelFolders: z.array(z.string().min(1).max(4000)).max(20),
  /** Where downloads go; empty: our own models folder. */
  downloadFolder: z.string().max(4000),
  /** Other programs whose files are used in place. */
  usedStores: z.array(z.enum(['lm-studio', 'ollama', 'hugging-face', 'llama-cpp', 'jan'])),
  /** Downloads together stay below this; 0: no limit. */
  downloadBytesPerSecond: z.int().min(0),
  /** Downloads run only between these hours of the day (24 h, local time); both equal: always. */
  downloadHours: z.strictObject({ from: z.int().min(0).max(23), to: z.int().min(0).max(23) }),
  /** Answer on port 11434 too, while nobody else does. */
  ollamaPort: z.boolean(),
  /** The TLS port of pools held here. */
  poolPort: z.int().min(0).max(65_535),
  /** How others reach it: a host name or address of the owner's own, empty: found out. */
  publicAddress: z.string().max(260),
  /** A certificate of the owner's own for the public name, and its key: whole paths of PEM files; empty: none. */
  tlsCert: z.string().max(4000),
  tlsKey: z.string().max(4000),
  /** Ask the router for a port mapping while a pool is open. */
  mapPort: z.boolean(),
  /** Offer pools of this gateway on the local network. */
  announcePools: z.boolean(),
  /** Look for pools on the local network. */
  findPools: z.boolean(),
  /** What others see this machine as; empty: the computer's name. */
  machineName: z.string().max(60),
  /** The request log forgets what is older; sums of usage stay. */
  logKeepDays: z.int().min(1).max(3650),
  /** The oldest requests are forgotten when the log is larger. */
  logMaxMegabytes: z.int().min(1).max(100_000),
  /** Spans of requests are sent to this OpenTelemetry collector (OTLP over HTTP); empty: nowhere. */
  telemetryEndpoint: z.string().max(500),
  /** Pictures that requests name by their address are fetched for models here. */
  fetchPictures: z.boolean(),
  sharing: sharingPreferences,
  /** Repeats an answer to a caller's very same question, where it would be the same again. */
  answerCache: z.strictObject({
    isOn: z.boolean(),
    /** An answer is forgotten after so long. */
    ttlSeconds: z.int().min(1).max(604_800),
    /** Main memory that all kept answers may take together. */
    maxBytes: z.int().min(1_000_000).max(1_000_000_000),
  }),
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
  gpuMemoryShare: 0.9,
  localOnly: false,
  lookForUpdates: true,
  hubEndpoint: '',
  modelFolders: [],
  downloadFolder: '',
  usedStores: [],
  downloadBytesPerSecond: 0,
  downloadHours: { from: 0, to: 0 },
  ollamaPort: false,
  poolPort: 8443,
  publicAddress: '',
  tlsCert: '',
  tlsKey: '',
  mapPort: true,
  announcePools: true,
  findPools: true,
  machineName: '',
  logKeepDays: 90,
  logMaxMegabytes: 1000,
  telemetryEndpoint: '',
  fetchPictures: false,
  answerCache: { isOn: false, ttlSeconds: 3600, maxBytes: 64_000_000 },
  sharing: {
    wish: 'share',
    rules: {
      gpuFree: { isOn: false, abovePercent: 30 },
      notFullScreen: { isOn: false },
      notWhileRunning: { isOn: false, programs: [] },
      away: { isOn: false, minutes: 10 },
      mains: { isOn: false },
      cool: { isOn: false, celsius: 85, againCelsius: 75 },
      hours: { isOn: false, from: 18, to: 8 },
      gpuHeadroom: { isOn: false, bytes: 1024 ** 3 },
    },
    limits: {
      answersAtOnce: 4,
      models: null,
      maxPromptTokens: 0,
      gpuBytes: 0,
      uploadBytesPerSecond: 0,
      allowedCommands: [],
      reportErrors: false,
      keepAwake: false,
    },
  },
};

export const settings = {
  get: call('GET', '/control/settings', nothing, settingsSchema),
  update: call('PATCH', '/control/settings', settingsPatch, settingsSchema),
  onChanged: notify('settings.changed', settingsSchema),
};
