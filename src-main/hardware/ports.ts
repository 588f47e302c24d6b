/** What the engines' own probe sees of the accelerators, in the order in which engines number them. */
export interface EngineDevices {
  /** The way engines compute on them; `none` without a usable one. */
  readonly backend: 'cuda' | 'vulkan' | 'metal' | 'none';
  readonly deviceNames: readonly string[];
  /** Of all devices together, in bytes. */
  readonly totalMemoryBytes: number;
  /** The part of it that is the processor's memory too. */
  readonly unifiedMemoryBytes: number;
  /** One line of `NAME = 1 |` pairs: what the engine's build uses of the processor. */
  readonly systemInfo: string;
}

/** Asks the engines' probe. Rejects when it cannot be started; the snapshot is then made without it. */
export type AskEngine = (signal: AbortSignal) => Promise<EngineDevices>;

/** Calls back after the machine woke up from sleep; returns how to stop that. */
export type OnResume = (listener: () => void) => () => void;
