import type { Told } from './told.ts';

/** What other programs take of the busiest card. */
export interface GpuUse {
  readonly percent: number;
  /** Its number, as the driver counts. */
  readonly gpu: number;
  /** Whose share is the biggest; absent where the driver does not say. */
  readonly program?: string;
}

export interface FullScreen {
  readonly isOn: boolean;
  readonly program?: string;
}

/** What the owner's computer is doing. A reading that nobody asked for yet is absent. */
export interface OwnerReadings {
  /** Milliseconds since keyboard or mouse were touched. */
  readonly idle?: Told<number>;
  readonly fullScreen?: Told<FullScreen>;
  /** Executables that run, without folders and extension, in lower case. */
  readonly programs?: Told<ReadonlySet<string>>;
  readonly gpuUse?: Told<GpuUse>;
  /** Bytes free on the card with the least of them. */
  readonly gpuFree?: Told<number>;
  /** Of the hottest card. */
  readonly celsius?: Told<number>;
  readonly mains?: Told<boolean>;
}

export type SignalName = keyof OwnerReadings;

/** Takes what one source found out. */
export type Report = <N extends SignalName>(
  name: N,
  reading: NonNullable<OwnerReadings[N]>,
) => void;

/** One place where readings come from. Started once, however many signals it serves. */
export interface SignalSource {
  readonly serves: readonly SignalName[];
  /** Returns how to end it. */
  start(report: Report): () => void;
}
