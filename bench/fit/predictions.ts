import { copyFileSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import { tmpdir } from 'node:os';
import { readGgufFileInfo } from 'node-llama-cpp';
import type { ModelManifest } from '../../src-main/core/model.ts';
import { createHostedEngineFactory } from '../../src-main/engines/hosting/hosted-engine-factory.ts';
import type { ModelInspection } from '../../src-main/engines/hosting/host-protocol.ts';
import { HostedProbe } from '../../src-main/engines/hosting/probe.ts';
import { applyCorrection, learnCorrection } from '../../src-main/models/fit/correction.ts';
import type { LoadSample } from '../../src-main/models/fit/correction.ts';
import { createForkLauncher } from '../../src-main/platform/fork-launcher.ts';
import { programFilesAt } from '../../src-main/platform/program-files.ts';
import { systemClock } from '../../src-main/platform/system-clock.ts';
import { generateOn } from '../engine/millpond-engine.ts';
import { PromptSource } from '../engine/random-prompt.ts';
import { generatedModel } from '../support/generated-model.ts';
import { progress } from '../support/progress.ts';
import { projectFolder } from '../support/project.ts';
import type { Figure, Section } from '../support/report.ts';
import { summarize } from '../support/stats.ts';
import { fitSubjects } from './fit-subjects.ts';
import type { FitSubject } from './fit-subjects.ts';

const promptTokens = 64;
const answerTokens = 32;
const budget = '≤ 2 %';

interface Measured {
  readonly name: string;
  readonly samples: readonly LoadSample[];
  readonly estimateMs: readonly number[];
  /** Between the prediction from the file and from its header alone; 0 when they agree. */
  readonly headerDifferenceBytes: number;
}

interface Options {
  readonly runs: number;
  readonly signal: AbortSignal;
}

/**
 * Loads each model, lets it answer once and compares what its process takes with what was predicted:
 * as predicted at first, and as it is after this machine's loads of the *other four* corrected it.
 */
export async function measurePredictions(options: Options): Promise<readonly Section[]> {
  const launcher = createForkLauncher(programFilesAt(join(projectFolder, 'src-main')));
  const probe = new HostedProbe({ launcher, clock: systemClock });
  const measured: Measured[] = [];
  for (const subject of fitSubjects) {
    measured.push(await measure(subject, probe, options));
  }
  probe.dispose();
  return [
    {
      title: 'Predicted against measured memory (resident, after a first answer)',
      figures: measured.flatMap((each) => errorFigures(each, measured)),
    },
    {
      title: 'Estimates',
      figures: measured.flatMap(({ name, estimateMs, headerDifferenceBytes }) => [
        { what: `${name}: with other options`, unit: 'ms', measured: summarize(estimateMs) },
        {
          what: `${name}: from the header alone differs by`,
          unit: 'bytes',
          measured: summarize([headerDifferenceBytes]),
          budget: '0',
        },
      ]),
    },
  ];
}

async function measure(
  subject: FitSubject,
  probe: HostedProbe,
  { runs, signal }: Options,
): Promise<Measured> {
  const model = generatedModel(subject.model);
  const name = subject.model.name ?? 'model';
  progress(`predicting and loading ${model.name}`);
  const options = { ...subject.options, threads: 1 };
  const inspection = await probe.inspect(model.path, options, signal);
  const samples: LoadSample[] = [];
  const estimateMs: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const measuredBytes = await residentAfterAnswer(model, subject, run, signal);
    samples.push({ predictedBytes: inspection.predictedBytes, measuredBytes });
    const startedAt = performance.now();
    // A number of threads that was not asked before is not remembered.
    await probe.inspect(model.path, { ...options, threads: run + 2 }, signal);
    estimateMs.push(performance.now() - startedAt);
  }
  const headerDifferenceBytes = await compareWithHeader(model, options, { probe, inspection });
  return { name, samples, estimateMs, headerDifferenceBytes };
}

async function residentAfterAnswer(
  model: ModelManifest,
  { options }: FitSubject,
  seed: number,
  signal: AbortSignal,
): Promise<number> {
  const factory = createHostedEngineFactory({
    launcher: createForkLauncher(programFilesAt(join(projectFolder, 'src-main'))),
    clock: systemClock,
    defaultThreads: 1,
  });
  const engine = await factory.load({ model, options, onProgress: () => {}, signal });
  try {
    const tokens = new PromptSource(seed).tokens(promptTokens);
    await generateOn(engine, { prompt: { tokens }, maxTokens: answerTokens, signal });
    return engine.residentBytes() ?? Number.NaN;
  } finally {
    await engine.dispose();
  }
}

async function compareWithHeader(
  model: ModelManifest,
  options: FitSubject['options'],
  { probe, inspection }: { readonly probe: HostedProbe; readonly inspection: ModelInspection },
): Promise<number> {
  const { infoEndOffset = 0 } = await readGgufFileInfo(model.path, { sourceType: 'filesystem' });
  const folder = mkdtempSync(join(tmpdir(), 'millpond-bench-header-'));
  try {
    const path = join(folder, basename(model.path));
    copyFileSync(model.path, path);
    truncateSync(path, infoEndOffset);
    const parts = [{ path, headerBytes: infoEndOffset, totalBytes: model.sizeBytes }];
    const never = new AbortController().signal;
    const fromHeader = await probe.inspectHeader({ parts }, options, never);
    return Math.abs(fromHeader.predictedBytes - inspection.predictedBytes);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function errorFigures(subject: Measured, all: readonly Measured[]): Figure[] {
  const { name, samples } = subject;
  const others = all.filter((each) => each !== subject).flatMap((each) => each.samples);
  const correction = learnCorrection(others);
  const errors = (predict: (bytes: number) => number) =>
    summarize(
      samples.map(({ predictedBytes, measuredBytes }) => {
        return (Math.abs(predict(predictedBytes) - measuredBytes) / measuredBytes) * 100;
      }),
    );
  const mebibytes = samples.map(({ measuredBytes }) => measuredBytes / 1024 ** 2);
  return [
    { what: `${name}: takes`, unit: 'MiB', measured: summarize(mebibytes) },
    { what: `${name}: predicted before any load, off by`, unit: '%', measured: errors((it) => it) },
    {
      what: `${name}: corrected by the other four, off by`,
      unit: '%',
      measured: errors((bytes) => applyCorrection(bytes, correction)),
      budget,
    },
  ];
}
