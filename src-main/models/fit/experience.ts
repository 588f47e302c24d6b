import { z } from 'zod';
import { applyCorrection, learnCorrection, noCorrection, rememberedLoads } from './correction.ts';
import type { Correction, LoadSample } from './correction.ts';
import type { MemoryNeed } from './fit.ts';
import type { ExperienceStore } from './ports.ts';
import { learnSpeeds, rememberedSpeeds, teaches } from './speed.ts';
import type { MemorySpeeds, SpeedSample } from './speed.ts';

/** The memories that differ from their prediction for different reasons. */
const memories = ['main', 'mainBesideGpu', 'gpu'] as const;
type MemoryKind = (typeof memories)[number];

const bytes = z.number().nonnegative();
const loads = z.array(z.object({ predictedBytes: bytes, measuredBytes: bytes }));
const experienceSchema = z.object({
  version: z.literal(1),
  machine: z.string(),
  loads: z.object({ main: loads, mainBesideGpu: loads, gpu: loads }),
  speeds: z.array(
    z.object({ bytesPerToken: bytes, gpuShare: z.number(), tokensPerSecond: z.number() }),
  ),
  readBytesPerSecond: z.number().positive().exactOptional(),
});
type Knowledge = z.infer<typeof experienceSchema>;

/** A load, as it was predicted without any correction and as it turned out. */
export interface LoadOutcome {
  readonly predicted: MemoryNeed;
  /** What the engine's process took after its first answer. */
  readonly measuredBytes: number;
  /** Of graphics memory, where the driver tells. */
  readonly measuredGpuBytes?: number;
}

/**
 * What this machine taught about predictions. Lives in one small file; losing it costs accuracy for a
 * few loads. Forgotten when the machine's processor or cards change.
 */
export class Experience {
  private readonly store: ExperienceStore;
  private readonly machine: () => string;
  private knowledge: Knowledge;
  private corrections = new Map<MemoryKind, Correction>();
  private learned: MemorySpeeds = {};
  private writing: Promise<void> = Promise.resolve();

  constructor(deps: { readonly store: ExperienceStore; readonly machine: () => string }) {
    this.store = deps.store;
    this.machine = deps.machine;
    this.knowledge = ignorance(this.machine());
  }

  async open(): Promise<void> {
    const kept = parse(await this.store.load().catch(() => undefined));
    if (kept?.machine === this.machine()) this.knowledge = kept;
    this.conclude();
  }

  /** The prediction as this machine's own loads correct it. */
  correct({ cpuBytes, gpuBytes }: MemoryNeed): MemoryNeed {
    const main = this.corrections.get(gpuBytes > 0 ? 'mainBesideGpu' : 'main') ?? noCorrection;
    const gpu = this.corrections.get('gpu') ?? noCorrection;
    return {
      cpuBytes: applyCorrection(cpuBytes, main),
      gpuBytes: gpuBytes > 0 ? applyCorrection(gpuBytes, gpu) : 0,
    };
  }

  speeds(): MemorySpeeds {
    const { readBytesPerSecond } = this.knowledge;
    return {
      ...this.learned,
      ...(readBytesPerSecond !== undefined && { cpuTested: readBytesPerSecond }),
    };
  }

  async learnLoad({ predicted, measuredBytes, measuredGpuBytes }: LoadOutcome): Promise<void> {
    const kind = predicted.gpuBytes > 0 ? 'mainBesideGpu' : 'main';
    this.addLoad(kind, { predictedBytes: predicted.cpuBytes, measuredBytes });
    if (measuredGpuBytes !== undefined && predicted.gpuBytes > 0) {
      const sample = { predictedBytes: predicted.gpuBytes, measuredBytes: measuredGpuBytes };
      this.addLoad('gpu', sample);
    }
    await this.keep();
  }

  /** Ignores answers that teach nothing, such as those of very small models. */
  async learnSpeed(sample: SpeedSample): Promise<void> {
    if (!teaches(sample)) return;
    const speeds = [...this.knowledge.speeds, sample].slice(-rememberedSpeeds);
    this.knowledge = { ...this.knowledge, speeds };
    await this.keep();
  }

  async noteReadSpeed(bytesPerSecond: number): Promise<void> {
    if (!(bytesPerSecond > 0)) return;
    this.knowledge = { ...this.knowledge, readBytesPerSecond: bytesPerSecond };
    await this.keep();
  }

  private addLoad(kind: MemoryKind, sample: LoadSample): void {
    const { loads: known } = this.knowledge;
    const next = [...known[kind], sample].slice(-rememberedLoads);
    this.knowledge = { ...this.knowledge, loads: { ...known, [kind]: next } };
  }

  private conclude(): void {
    const { loads: known, speeds } = this.knowledge;
    this.corrections = new Map(memories.map((kind) => [kind, learnCorrection(known[kind])]));
    this.learned = learnSpeeds(speeds);
  }

  /** Writes one after the other; a failed write only means that the next start knows less. */
  private async keep(): Promise<void> {
    if (this.knowledge.machine !== this.machine()) {
      const { machine: _old, ...rest } = this.knowledge;
      this.knowledge = { ...rest, machine: this.machine() };
    }
    this.conclude();
    const text = JSON.stringify(this.knowledge);
    this.writing = this.writing.then(() => this.store.save(text)).catch(() => {});
    await this.writing;
  }
}

function ignorance(machine: string): Knowledge {
  return {
    version: 1,
    machine,
    loads: { main: [], mainBesideGpu: [], gpu: [] },
    speeds: [],
  };
}

function parse(text: string | undefined): Knowledge | undefined {
  if (text === undefined) return undefined;
  try {
    return experienceSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // Damaged: everything is simply learnt again.
  }
}
