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
const knowledgeSchema = z.object({
  machine: z.string(),
  loads: z.object({ main: loads, mainBesideGpu: loads, gpu: loads }),
  speeds: z.array(
    z.object({ bytesPerToken: bytes, gpuShare: z.number(), tokensPerSecond: z.number() }),
  ),
  readBytesPerSecond: z.number().positive().exactOptional(),
});
type Knowledge = z.infer<typeof knowledgeSchema>;
const fileSchema = z.object({ version: z.literal(1), machines: z.array(knowledgeSchema) });

/** A card that is missing for a while makes another machine of it, and comes back. */
const rememberedMachines = 4;

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
 * few loads. Another processor or other cards are another machine, which knows nothing of this one.
 */
export class Experience {
  private readonly store: ExperienceStore;
  private readonly machine: () => string;
  /** Newest first, the machine as it is now at the head once it was asked for. */
  private known: readonly Knowledge[] = [];
  private corrections = new Map<MemoryKind, Correction>();
  private learned: MemorySpeeds = {};
  private concludedFrom: Knowledge | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(deps: { readonly store: ExperienceStore; readonly machine: () => string }) {
    this.store = deps.store;
    this.machine = deps.machine;
  }

  async open(): Promise<void> {
    this.known = parse(await this.store.load().catch(() => undefined));
  }

  /** The prediction as this machine's own loads correct it. */
  correct({ cpuBytes, gpuBytes }: MemoryNeed): MemoryNeed {
    this.conclude();
    const main = this.corrections.get(gpuBytes > 0 ? 'mainBesideGpu' : 'main') ?? noCorrection;
    const gpu = this.corrections.get('gpu') ?? noCorrection;
    return {
      cpuBytes: applyCorrection(cpuBytes, main),
      gpuBytes: gpuBytes > 0 ? applyCorrection(gpuBytes, gpu) : 0,
    };
  }

  speeds(): MemorySpeeds {
    const { readBytesPerSecond } = this.conclude();
    return {
      ...this.learned,
      ...(readBytesPerSecond !== undefined && { cpuTested: readBytesPerSecond }),
    };
  }

  async learnLoad({ predicted, measuredBytes, measuredGpuBytes }: LoadOutcome): Promise<void> {
    const kind = predicted.gpuBytes > 0 ? 'mainBesideGpu' : 'main';
    const main = { predictedBytes: predicted.cpuBytes, measuredBytes };
    let next = withLoad(this.current(), kind, main);
    if (measuredGpuBytes !== undefined && predicted.gpuBytes > 0) {
      const sample = { predictedBytes: predicted.gpuBytes, measuredBytes: measuredGpuBytes };
      next = withLoad(next, 'gpu', sample);
    }
    await this.keep(next);
  }

  /** Ignores answers that teach nothing, such as those of very small models. */
  async learnSpeed(sample: SpeedSample): Promise<void> {
    if (!teaches(sample)) return;
    const current = this.current();
    const speeds = [...current.speeds, sample].slice(-rememberedSpeeds);
    await this.keep({ ...current, speeds });
  }

  async noteReadSpeed(bytesPerSecond: number): Promise<void> {
    if (!(bytesPerSecond > 0)) return;
    await this.keep({ ...this.current(), readBytesPerSecond: bytesPerSecond });
  }

  /** What is known of the machine as it is now: cards may be found, vanish and come back. */
  private current(): Knowledge {
    const machine = this.machine();
    return this.known.find((each) => each.machine === machine) ?? ignorance(machine);
  }

  private conclude(): Knowledge {
    const current = this.current();
    if (current === this.concludedFrom) return current;
    this.concludedFrom = current;
    const { loads: samples, speeds } = current;
    this.corrections = new Map(memories.map((kind) => [kind, learnCorrection(samples[kind])]));
    this.learned = learnSpeeds(speeds);
    return current;
  }

  /** Writes one after the other; a failed write only means that the next start knows less. */
  private async keep(next: Knowledge): Promise<void> {
    const others = this.known.filter(({ machine }) => machine !== next.machine);
    this.known = [next, ...others].slice(0, rememberedMachines);
    const text = JSON.stringify({ version: 1, machines: this.known });
    this.writing = this.writing.then(() => this.store.save(text)).catch(() => {});
    await this.writing;
  }
}

function withLoad(knowledge: Knowledge, kind: MemoryKind, sample: LoadSample): Knowledge {
  const next = [...knowledge.loads[kind], sample].slice(-rememberedLoads);
  return { ...knowledge, loads: { ...knowledge.loads, [kind]: next } };
}

function ignorance(machine: string): Knowledge {
  return { machine, loads: { main: [], mainBesideGpu: [], gpu: [] }, speeds: [] };
}

function parse(text: string | undefined): readonly Knowledge[] {
  if (text === undefined) return [];
  try {
    return fileSchema.safeParse(JSON.parse(text)).data?.machines ?? [];
  } catch {
    return []; // Damaged: everything is simply learnt again.
  }
}
