import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MillpondError } from '../../core/error.ts';
import type { LoadOptions, ModelManifest } from '../../core/model.ts';
import { optionsFor } from './aim.ts';
import type { Aim } from './aim.ts';
import { Experience } from './experience.ts';
import type { LoadOutcome } from './experience.ts';
import { compareVerdicts, judgeFit, withSpeed } from './fit.ts';
import type { Fit, FitSubject, MemoryNeed } from './fit.ts';
import { publishedBandwidth } from './gpu-bandwidth.ts';
import { estimateMlx } from './mlx-fit.ts';
import type { ExperienceStore, FitMachine, FitProbe, Inspection, ModelHeader } from './ports.ts';
import { predictSpeed } from './speed.ts';
import type { SpeedSample } from './speed.ts';

interface FitEstimatorDeps {
  readonly probe: FitProbe;
  readonly machine: FitMachine;
  readonly store: ExperienceStore;
}

/** An installed model, or the headers of one that is not here. */
export type FitTarget =
  | { readonly manifest: ModelManifest }
  | { readonly header: ModelHeader }
  /** An MLX repository that is not here: its `config.json` and the bytes of its weights. */
  | { readonly config: unknown; readonly weightBytes: number };

export interface Suggestion {
  readonly options: LoadOptions;
  readonly fit: Fit;
}

interface Judged {
  readonly fit: Fit;
  readonly trainedContextLength: number;
}

/** Tokens of context at which models are compared. */
const comparedContextLength = 16_384;
/** A window to try when nobody knows what the model was trained for. */
const unknownTrainedLength = 8192;

/** Says what a model would be like on this machine, before it is loaded or even downloaded, and learns from loads. */
export class FitEstimator {
  private readonly deps: FitEstimatorDeps;
  private readonly experience: Experience;
  private readTest: Promise<void> | undefined;

  constructor(deps: FitEstimatorDeps) {
    this.deps = deps;
    const { store, machine } = deps;
    this.experience = new Experience({ store, machine: () => machine.fingerprint() });
  }

  /** Remembers what earlier runs learnt. */
  async open(): Promise<void> {
    await this.experience.open();
  }

  /** What it would be like with these options. */
  async of(target: FitTarget, options: LoadOptions, signal: AbortSignal): Promise<Fit> {
    return (await this.judge(target, options, signal)).fit;
  }

  ofModel(manifest: ModelManifest, options: LoadOptions, signal: AbortSignal): Promise<Fit> {
    return this.of({ manifest }, options, signal);
  }

  ofHeader(header: ModelHeader, options: LoadOptions, signal: AbortSignal): Promise<Fit> {
    return this.of({ header }, options, signal);
  }

  /** The options for a place of the slider: the most wished ones that fit, else a modest context. */
  async suggest(target: FitTarget, aim: Aim, signal: AbortSignal): Promise<Suggestion> {
    const { trainedContextLength } = await this.judge(target, {}, signal);
    let best: Suggestion | undefined;
    for (const options of optionsFor(aim, trainedContextLength)) {
      const fit = await this.of(target, options, signal);
      if (fit.verdict === 'fits') return { options, fit };
      // Among equally good ones the later is the more modest.
      const isBetter = best === undefined || compareVerdicts(fit.verdict, best.fit.verdict) <= 0;
      if (isBetter) best = { options, fit };
    }
    if (best === undefined) throw new MillpondError('internal', 'An aim has at least one choice');
    return best;
  }

  /** At the settings by which models are held against each other: one long conversation. */
  async atUsualSettings(target: FitTarget, signal: AbortSignal): Promise<Fit> {
    const { trainedContextLength } = await this.judge(target, {}, signal);
    const contextLength = Math.min(comparedContextLength, trainedContextLength);
    return await this.of(target, { contextLength, slots: 1, cacheType: 'f16' }, signal);
  }

  /** A prediction of the probe as this machine's own loads correct it. */
  correct(need: MemoryNeed): MemoryNeed {
    return this.experience.correct(need);
  }

  /** Tokens of one answer per second, about; undefined while nothing was measured. Starts nothing. */
  predictedSpeed(
    inspection: Pick<Inspection, 'bytesPerToken' | 'gpuLayers' | 'layers'>,
  ): number | undefined {
    const gpuPublished = slowestPublished(this.deps.machine.gpuNames());
    return predictSpeed(
      { bytesPerToken: inspection.bytesPerToken, gpuShare: gpuShareOf(inspection) },
      { ...this.experience.speeds(), ...(gpuPublished !== undefined && { gpuPublished }) },
    );
  }

  /** After the first answer of a load: what it took against what was predicted. */
  learnLoad(outcome: LoadOutcome): Promise<void> {
    return this.experience.learnLoad(outcome);
  }

  /** How fast an answer was that had the engine to itself. */
  learnSpeed(sample: SpeedSample): Promise<void> {
    return this.experience.learnSpeed(sample);
  }

  private async judge(
    target: FitTarget,
    options: LoadOptions,
    signal: AbortSignal,
  ): Promise<Judged> {
    const limits = this.deps.machine.limits();
    const mlx = await mlxOf(target);
    if (mlx !== undefined) {
      const isOnGpu = limits.gpuLimitBytes !== undefined;
      const subject = estimateMlx(mlx.config, mlx.weightBytes, options, isOnGpu);
      if (subject === undefined) throw unknownShape(mlx.name);
      const trainedContextLength = mlx.trainedContextLength ?? unknownTrainedLength;
      return { fit: judgeFit(subject, limits), trainedContextLength };
    }
    const inspection = await this.inspect(target, options, signal);
    const fit = judgeFit({ ...inspection, ...this.correct(inspection) }, limits);
    const tokensPerSecond = await this.speedOf(inspection, signal);
    return {
      fit: withSpeed(fit, tokensPerSecond),
      trainedContextLength: inspection.facts.trainedContextLength,
    };
  }

  private inspect(
    target: FitTarget,
    options: LoadOptions,
    signal: AbortSignal,
  ): Promise<Inspection> {
    const { probe } = this.deps;
    if ('header' in target) return probe.inspectHeader(target.header, options, signal);
    if ('manifest' in target) return probe.inspect(target.manifest.path, options, signal);
    throw unknownShape('This model');
  }

  private async speedOf(inspection: Inspection, signal: AbortSignal): Promise<number | undefined> {
    const { cpuLearned, cpuTested } = this.experience.speeds();
    const needsTest = gpuShareOf(inspection) < 1 && (cpuLearned ?? cpuTested) === undefined;
    if (needsTest) await this.testReading(signal);
    return inspection.facts.capabilities.completion ? this.predictedSpeed(inspection) : undefined;
  }

  /** Once per machine. A test that failed leaves speeds unknown until the next start. */
  private testReading(signal: AbortSignal): Promise<void> {
    const { probe, machine } = this.deps;
    this.readTest ??= probe
      .readSpeed(machine.threads(), signal)
      .then((speed) => this.experience.noteReadSpeed(speed))
      .catch(() => {
        if (signal.aborted) this.readTest = undefined;
      });
    return this.readTest;
  }
}

/**
 * The slowest of the cards in the makers' table: layers are divided among them. Undefined when the
 * first is not in it; graphics inside the processor come later and are in no table.
 */
function slowestPublished(names: readonly string[]): number | undefined {
  const speeds = names.map(publishedBandwidth);
  if (speeds[0] === undefined) return undefined;
  return Math.min(...speeds.filter((speed) => speed !== undefined));
}

function gpuShareOf({ gpuLayers, layers }: Pick<FitSubject, 'gpuLayers' | 'layers'>): number {
  return layers > 0 ? Math.min(1, gpuLayers / layers) : 0;
}

async function mlxOf(target: FitTarget) {
  if ('config' in target) return { ...target, name: 'This model', trainedContextLength: undefined };
  if (!('manifest' in target) || target.manifest.format !== 'mlx') return undefined;
  const { name, path, sizeBytes, facts } = target.manifest;
  const trainedContextLength = facts?.trainedContextLength;
  return {
    config: await readConfig(path, name),
    weightBytes: sizeBytes,
    name,
    trainedContextLength,
  };
}

async function readConfig(folder: string, name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
  } catch (cause) {
    throw new MillpondError(
      'model-load-failed',
      `The config.json of ${name} cannot be read; download the model again`,
      { cause },
    );
  }
}

function unknownShape(name: string): MillpondError {
  return new MillpondError(
    'model-load-failed',
    `${name} does not say how large it is, so nobody can tell whether it fits`,
  );
}
