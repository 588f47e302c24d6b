import { arch } from 'node:os';
import type { Settings } from '../contract/settings.ts';
import type { Clock } from '../core/clock.ts';
import type { LoadOptions, ModelManifest } from '../core/model.ts';
import { AttachedServers } from '../engines/attached/attached-servers.ts';
import { createEngineChooser } from '../engines/choose-engine.ts';
import type { EngineChooser } from '../engines/choose-engine.ts';
import { createHostedEngineFactory } from '../engines/hosting/hosted-engine-factory.ts';
import type { ModelInspection } from '../engines/hosting/host-protocol.ts';
import type { HostedProbe } from '../engines/hosting/probe.ts';
import { EngineManager } from '../engines/manager/engine-manager.ts';
import type { AttachedServerStore, Secrets } from '../engines/ports.ts';
import { createSidecars } from '../engines/sidecars/create-sidecars.ts';
import { createExperienceFile } from '../models/fit/experience-file.ts';
import { FitEstimator } from '../models/fit/fit-estimator.ts';
import type { ModelLibrary } from '../models/model-library.ts';
import { findFreePort } from '../platform/http/free-port.ts';
import type { Outgoing } from '../platform/http/outgoing.ts';
import type { Logger } from '../platform/logger.ts';
import type { DataPaths, Surroundings } from '../platform/paths.ts';
import type { ProcessLauncher } from '../platform/process-launcher.ts';
import type { ProgramLauncher } from '../platform/program-launcher.ts';
import type { Lifecycle } from './lifecycle.ts';
import { fitMachineOf } from './fit-machine.ts';
import type { Machine } from './machine.ts';

interface EnginesDeps {
  readonly paths: DataPaths;
  readonly surroundings: Surroundings;
  readonly launcher: ProcessLauncher;
  readonly programs: ProgramLauncher;
  readonly outgoing: Outgoing;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly probe: HostedProbe;
  readonly machine: Machine;
  readonly library: ModelLibrary;
  readonly servers: { readonly store: AttachedServerStore; readonly secrets: Secrets };
  readonly settings: () => Settings;
  readonly loadOptions: (id: string) => LoadOptions;
  /** Servers that other projects made may be started. */
  readonly hasSidecars: boolean;
  readonly defaultThreads: number;
  /** As its owner calls it now. */
  readonly machineName: () => string;
  /** What the owner's rules leave of the graphics memory for models of others, in bytes; undefined: all of it. */
  readonly gpuRoomForOthers: () => number | undefined;
  /** Whether this very program answers at an address. */
  readonly isOwnAddress: (url: string) => boolean;
}

/** What runs models. Nothing is loaded yet. */
export interface Engines {
  readonly manager: EngineManager;
  readonly chooser: EngineChooser;
  readonly attached: AttachedServers;
  readonly estimator: FitEstimator;
}

export async function buildEngines(deps: EnginesDeps, lifecycle: Lifecycle): Promise<Engines> {
  const { launcher, clock, probe, machine, library, settings } = deps;
  const log = deps.logger.child({ component: 'engines' });
  const gpus = () => machine.hardware()?.gpus ?? [];
  const estimator = new FitEstimator({
    probe,
    machine: fitMachineOf(machine, deps.defaultThreads),
    store: createExperienceFile(deps.paths.experienceFile),
  });
  const chooser = createEngineChooser({
    llamaCpp: createHostedEngineFactory({
      ...{ launcher, clock, gpus },
      defaultThreads: deps.defaultThreads,
      gpuCapBytes: () => machine.gpuBudgetBytes(),
    }),
    sidecars: deps.hasSidecars ? sidecarsOf(deps) : [],
  });
  const manager = new EngineManager({
    ...{ library, probe, clock, gpus },
    factory: chooser,
    logger: log,
    forecast: estimator,
    inspectFolder: (model, options) => inspectFolder(estimator, model, options),
    engineOf: (model, options) => chooser.chosenKind(model, options),
    budgetBytes: () => machine.budgetBytes(),
    gpuBudgetBytes: () => machine.gpuBudgetBytes(),
    gpuBytesForOthers: () => {
      const { gpuBytes } = settings().sharing.limits;
      return gpuBytes > 0 ? gpuBytes : undefined;
    },
    gpuRoomForOthers: deps.gpuRoomForOthers,
    idleUnloadMs: () => settings().idleUnloadMinutes * 60_000,
    loadOptions: deps.loadOptions,
    machineName: deps.machineName,
  });
  lifecycle.started('engines', () => manager.dispose());
  const attached = new AttachedServers({
    ...deps.servers,
    ...{ clock, log },
    http: deps.outgoing.client('attached-server'),
    httpTo: (host) => deps.outgoing.clientTo(host, 'attached-server'),
    machineName: deps.machineName(),
    isTaken: (name) => library.find(name) !== undefined,
    isOwnAddress: deps.isOwnAddress,
  });
  await attached.start();
  lifecycle.started('attached servers', () => {
    attached.dispose();
  });
  return { manager, chooser, attached, estimator };
}

function sidecarsOf({ clock, machine, surroundings, programs, outgoing, ...deps }: EnginesDeps) {
  return createSidecars({
    ...surroundings,
    ...{ clock, gpus: () => machine.hardware()?.gpus ?? [] },
    launcher: programs,
    http: outgoing.client('sidecar'),
    architecture: arch(),
    freePort: findFreePort,
    defaultThreads: deps.defaultThreads,
  });
}

/** A model in a folder runs in a server of its own, whose needs can only be reckoned. */
async function inspectFolder(
  estimator: FitEstimator,
  model: ModelManifest,
  options: LoadOptions,
): Promise<ModelInspection> {
  const fit = await estimator.ofModel(model, options, new AbortController().signal);
  const { predictedBytes, gpuBytes, contextLength, slots } = fit;
  if (model.facts === undefined) throw new Error(`${model.id} was not studied yet`);
  return {
    facts: model.facts,
    reservedBytes: predictedBytes,
    ...{ predictedBytes, gpuBytes, contextLength, slots },
    cpuBytes: predictedBytes - gpuBytes,
    gpuLayers: 0,
    layers: 0,
    fitsFreeMemory: true,
    bytesPerToken: model.sizeBytes,
  };
}
