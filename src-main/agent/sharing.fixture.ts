import { defaultSettings } from '../contract/settings.ts';
import type { InferenceChunk } from '../core/inference.ts';
import type { FakeClock } from '../testing/fake-clock.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import type {
  AgentLog,
  ContributionDay,
  ContributionStore,
  EngineSlot,
  MachineFacts,
  OwnerReadings,
  OwnerSignals,
  ShareableModel,
  SharedEngines,
  SharingRules,
  SharingSettings,
  SharingSettingsPort,
  SignalName,
} from './ports.ts';
import { createSharing } from './sharing.ts';
import type { Sharing } from './sharing.ts';

/** Saturday, 21 November 2026, 12:00 local time. */
export const noon = new Date(2026, 10, 21, 12).getTime();

export function rulesWith(change: Partial<SharingRules> = {}): SharingRules {
  return { ...defaultSettings.sharing.rules, ...change };
}

/** Settings in memory, as the settings file would keep them. */
export function memorySettings(change: Partial<SharingSettings> = {}): SharingSettingsPort {
  const listeners = new Set<() => void>();
  let settings: SharingSettings = { ...defaultSettings.sharing, ...change };
  return {
    current: () => settings,
    async save(next) {
      await Promise.resolve(); // as a file, which takes its time
      settings = next;
      for (const listener of listeners) listener();
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Readings that a test sets. */
export function scriptedSignals() {
  const listeners = new Set<() => void>();
  let readings: OwnerReadings = {};
  let wanted: ReadonlySet<SignalName> = new Set();
  const signals: OwnerSignals = {
    observe(next) {
      wanted = next;
    },
    readings: () => readings,
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return {
    signals,
    wanted: () => wanted,
    set(change: OwnerReadings) {
      readings = { ...readings, ...change };
      for (const listener of listeners) listener();
    },
  };
}

export const value = <T>(given: T) => ({ isKnown: true, value: given }) as const;

export function memoryContributions(lines: readonly ContributionDay[] = []) {
  const added: ContributionDay[] = [...lines];
  const store: ContributionStore = {
    add(line) {
      added.push(line);
      return Promise.resolve();
    },
    days: () => Promise.resolve(lines),
    total: () =>
      Promise.resolve({
        givenTokens: lines.reduce((sum, { givenTokens }) => sum + givenTokens, 0),
        givenAnswers: lines.reduce((sum, { givenAnswers }) => sum + givenAnswers, 0),
        usedTokens: lines.reduce((sum, { usedTokens }) => sum + usedTokens, 0),
      }),
  };
  return { store, added };
}

export const chatModel: ShareableModel = {
  id: 'guide',
  name: 'Guide',
  digest: 'a'.repeat(64),
  contextLength: 2048,
  capabilities: {
    chat: true,
    completion: true,
    embedding: false,
    rerank: false,
    tools: false,
    reasoning: false,
    vision: false,
    continuation: true,
  },
  slots: 8,
  state: { phase: 'ready' },
  busySlots: 1,
  waiting: 0,
};

/** Engines that say `words` and remember what they were asked. */
export function scriptedEngines(clock: FakeClock, words: readonly string[] = ['one ', 'two ']) {
  const listeners = new Set<() => void>();
  const requests: unknown[] = [];
  const state = {
    releases: 0,
    isOwnerActive: false,
    models: [chatModel] as readonly ShareableModel[],
    slots: [] as readonly EngineSlot[],
    tokensOf: (text: string): number | undefined => Math.ceil(text.length / 4),
    commands: [] as unknown[],
  };
  const usage = (completionTokens: number) => ({
    ...{ promptTokens: 5, cachedTokens: 0, completionTokens, reasoningTokens: 0 },
  });
  const engines: SharedEngines = {
    async *infer(request, { signal }): AsyncGenerator<InferenceChunk> {
      requests.push(request);
      for (const [index, text] of words.entries()) {
        await clock.sleep(1000, signal);
        yield { type: 'text', text, tokens: [index], usage: usage(index + 1) };
      }
    },
    models: () => state.models,
    slots: () => state.slots,
    countTokens: (_model, text) => Promise.resolve(state.tokensOf(text)),
    isOwnerActive: () => state.isOwnerActive,
    releaseRemote() {
      state.releases += 1;
      return Promise.resolve();
    },
    command(command) {
      state.commands.push(command);
      return Promise.resolve();
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onSlots: () => () => {},
  };
  return { engines, state, requests };
}

export const machine: MachineFacts = {
  name: () => 'mill',
  hardware: () => ({
    platform: 'linux',
    osName: 'Debian',
    cpuModel: 'CPU',
    physicalCores: 8,
    totalMemoryBytes: 16e9,
    hasUnifiedMemory: false,
    gpus: [],
  }),
  versions: () => ({ millpond: '0.5.0' }),
  load: () => ({ usedMemoryBytes: 1e9, temperature: 50 }),
  onChanged: () => () => {},
};

/** Keeps every line that was logged, to look for what must never be there. */
export function recordedLog() {
  const lines: string[] = [];
  const note = (data: object, sentence: string): void => {
    lines.push(JSON.stringify({ ...data, sentence }));
  };
  const log: AgentLog = { info: note, warn: note };
  return { log, lines };
}

/** Sharing on a machine whose every sense a test plays. */
export async function openSharing(
  change: Partial<SharingSettings> = {},
  options: { readonly hasPools?: () => boolean; readonly words?: readonly string[] } = {},
) {
  const clock = createFakeClock(noon);
  const settings = memorySettings(change);
  const signals = scriptedSignals();
  const engines = scriptedEngines(clock, options.words);
  const contributions = memoryContributions();
  const awake: boolean[] = [];
  const { log, lines } = recordedLog();
  const sharing: Sharing = createSharing({
    ...{ settings, clock, log },
    signals: signals.signals,
    engines: engines.engines,
    contributions: contributions.store,
    keepAwake: { set: (isOn) => awake.push(isOn) },
    hasPools: options.hasPools ?? (() => true),
  });
  await sharing.start();
  return { clock, settings, signals, engines, contributions, awake, lines, log, sharing };
}
