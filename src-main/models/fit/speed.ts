import { median } from './median.ts';

/** How fast one answer alone was, and what it had to read. */
export interface SpeedSample {
  /** Weights that are read for each token. */
  readonly bytesPerToken: number;
  /** Of them, the part that lies on a graphics card; from 0 to 1. */
  readonly gpuShare: number;
  readonly tokensPerSecond: number;
}

/** What is known of how fast this machine reads its memories, in bytes per second. */
export interface MemorySpeeds {
  /** Of real answers. */
  readonly cpuLearned?: number;
  readonly gpuLearned?: number;
  /** Of a short reading test. */
  readonly cpuTested?: number;
  /** Of the maker's table. */
  readonly gpuPublished?: number;
}

/** Older answers may come from other settings. */
export const rememberedSpeeds = 24;
/** Smaller models wait for computing and for us, not for memory: they would teach a wrong speed. */
const leastTeachingBytes = 200e6;
/** The part of what a test reads that an answer reaches, and the same for a maker's figure. */
const cpuEfficiency = 0.7;
const gpuEfficiency = 0.6;
/** An answer that mixes both memories tells of neither. */
const pure = { cpu: 0.02, gpu: 0.98 };

/** Reading speeds from real answers; a memory that no answer used alone is left out. */
export function learnSpeeds(
  samples: readonly SpeedSample[],
): Pick<MemorySpeeds, 'cpuLearned' | 'gpuLearned'> {
  const recent = samples.filter(teaches).slice(-rememberedSpeeds);
  const speed = (part: readonly SpeedSample[]): number | undefined =>
    median(part.map(({ bytesPerToken, tokensPerSecond }) => bytesPerToken * tokensPerSecond));
  const cpuLearned = speed(recent.filter(({ gpuShare }) => gpuShare <= pure.cpu));
  const gpuLearned = speed(recent.filter(({ gpuShare }) => gpuShare >= pure.gpu));
  return {
    ...(cpuLearned !== undefined && { cpuLearned }),
    ...(gpuLearned !== undefined && { gpuLearned }),
  };
}

export function teaches({ bytesPerToken, tokensPerSecond }: SpeedSample): boolean {
  return bytesPerToken >= leastTeachingBytes && tokensPerSecond > 0;
}

/** Tokens of one answer per second, about; undefined where a memory it needs is unknown. */
export function predictSpeed(
  { bytesPerToken, gpuShare }: Omit<SpeedSample, 'tokensPerSecond'>,
  speeds: MemorySpeeds,
): number | undefined {
  const cpu = speeds.cpuLearned ?? scaled(speeds.cpuTested, cpuEfficiency);
  const gpu = speeds.gpuLearned ?? scaled(speeds.gpuPublished, gpuEfficiency);
  const cpuSeconds = readSeconds(bytesPerToken * (1 - gpuShare), cpu);
  const gpuSeconds = readSeconds(bytesPerToken * gpuShare, gpu);
  if (cpuSeconds === undefined || gpuSeconds === undefined) return undefined;
  const seconds = cpuSeconds + gpuSeconds;
  return seconds > 0 ? 1 / seconds : undefined;
}

function readSeconds(bytes: number, bytesPerSecond: number | undefined): number | undefined {
  if (bytes <= 0) return 0;
  return bytesPerSecond === undefined ? undefined : bytes / bytesPerSecond;
}

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value * by;
}
