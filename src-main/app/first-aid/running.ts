import { sql } from 'kysely';
import type { FirstAidDeed } from '../../contract/first-aid.ts';
import { defaultSettings } from '../../contract/settings.ts';
import type { Settings } from '../../contract/settings.ts';
import { MillpondError } from '../../core/error.ts';
import { checkDatabase } from '../../first-aid/checks/database.ts';
import { checkEngine, checkModels } from '../../first-aid/checks/engine.ts';
import { checkHardware } from '../../first-aid/checks/hardware.ts';
import { checkPools, checkProviders } from '../../first-aid/checks/others.ts';
import { checkProgram } from '../../first-aid/checks/program.ts';
import { checkSettings } from '../../first-aid/checks/settings.ts';
import type { FailedUpdate } from '../../first-aid/checks/leftovers.ts';
import { examine } from '../../first-aid/examine.ts';
import { writeReport } from '../../first-aid/report.ts';
import type { ConfigFile } from '../../gateway/config/config-file.ts';
import { findInstallation } from '../../platform/installation.ts';
import { findFreePort } from '../../platform/http/free-port.ts';
import { wantCheck } from '../../storage/recovery/open-or-recover.ts';
import type { GatewayServices } from '../build-gateway.ts';
import type { RuntimeOptions } from '../build-runtime.ts';
import { defaultEngineThreads } from '../engine-threads.ts';
import type { Ground } from '../lay-ground.ts';
import type { BuiltPoolSide } from '../pool/build-pool-side.ts';
import { refuseInMode, seclusionOf, withoutGraphics } from '../start-mode.ts';
import type { RuntimeEnd } from '../wire-runtime.ts';
import { readMemoryUse, readRecoveries, redactorFor } from './facts.ts';
import type { FirstAid } from './first-aid.ts';
import { makeWritable, removeUnfinishedRestore } from './mend-files.ts';
import { sharedChecks } from './shared-checks.ts';
import { readCrashedStarts } from './start-record.ts';
import { tryEngine } from './try-engine.ts';

export interface RunningDeps {
  readonly options: RuntimeOptions;
  readonly ground: Ground;
  readonly services: GatewayServices;
  readonly pools: BuiltPoolSide;
  readonly config: () => ConfigFile;
  readonly failedUpdate: () => FailedUpdate | undefined;
  readonly end: RuntimeEnd;
}

/** First aid out of a runtime that serves. */
export function runningFirstAid(deps: RunningDeps): FirstAid {
  const checks = [...ownChecks(deps), ...outerChecks(deps)];
  const look = (signal: AbortSignal) => examine(checks, signal);
  return {
    examine: look,
    mend: (deed, subject) => mend(deps, { deed, subject }),
    report: async (signal) => report(deps, await look(signal)),
  };
}

/** Until it is ready, a start counts as one that crashed: this one is not meant. */
function earlierCrashes({ paths, loadDefaultModel, mode = 'normal' }: RuntimeOptions): number {
  const own = loadDefaultModel && mode === 'normal' ? 1 : 0;
  return Math.max(0, readCrashedStarts(paths) - own);
}

function ownChecks({ options, ground, config }: RunningDeps) {
  const { paths, files, surroundings, clock, mode = 'normal' } = options;
  const { settings, storage, machine, probe, library, version } = ground;
  const launcher = mode === 'safe' ? withoutGraphics(options.launcher) : options.launcher;
  const defaultThreads = defaultEngineThreads(process.env);
  const models = () =>
    Promise.resolve(
      library.models.list().map((model) => {
        const isDamaged = library.checks.of(model.id)?.phase === 'damaged';
        return isDamaged ? { ...model, problem: 'its file is damaged' } : model;
      }),
    );
  return [
    checkProgram({
      ...{ version, mode, nodeVersion: process.versions.node },
      kind: (options.installation ?? findInstallation(files.entryFolder, surroundings.env)).kind,
      crashedStarts: earlierCrashes(options),
    }),
    checkDatabase({
      file: paths.databaseFile,
      tryOut: async () => {
        await sql`select count(*) from sqlite_schema`.execute(storage.database);
        const { rows } = await sql<{
          quick_check: string;
        }>`pragma quick_check(1)`.execute(storage.database);
        const verdict = rows[0]?.quick_check ?? 'ok';
        if (verdict !== 'ok') {
          throw new MillpondError('internal', verdict, { reason: 'database-damaged' });
        }
        await sql`delete from model_preferences where 0`.execute(storage.database);
      },
      recoveries: () => readRecoveries(paths.dataFolder, clock.now()),
    }),
    checkSettings({
      settingsProblem: () => settings.notice,
      configProblem: () => {
        const { path, state } = config().status();
        if (state.phase !== 'rejected') return undefined;
        const [first] = state.problems;
        return { path, line: first?.line ?? 1, reason: first?.message ?? 'it cannot be read' };
      },
    }),
    checkHardware({
      hardware: () => Promise.resolve(machine.hardware()),
      backend: (signal) => probe.devices(signal),
      budgetBytes: () => machine.budgetBytes(),
      memoryUse: readMemoryUse,
      isCpuOnly: mode === 'safe',
    }),
    checkEngine({
      models,
      canStartSafely: mode !== 'safe',
      tryEngine: (model, signal) => tryEngine({ launcher, clock, defaultThreads }, model, signal),
    }),
    checkModels(models),
  ];
}

function outerChecks({ options, ground, services, pools, failedUpdate }: RunningDeps) {
  const { settings, library } = ground;
  const isSecluded = seclusionOf(options.mode ?? 'normal') !== undefined;
  return [
    ...sharedChecks({
      ...options,
      settings: () => settings.current(),
      hub: (signal) => library.hub.look(signal),
      currentPort: () => services.address().port,
      closedPoolPort() {
        const isClosed =
          services.door.port === undefined && services.people.pools.list().length > 0;
        return isClosed && !isSecluded ? settings.current().poolPort : undefined;
      },
      holder: () => Promise.resolve('own'),
      failedUpdate,
    }),
    checkPools(() => pools.node.memberships.view().memberships),
    checkProviders(() => (isSecluded ? [] : services.providers.list())),
  ];
}

interface Order {
  readonly deed: FirstAidDeed;
  readonly subject: string | undefined;
}

async function mend(deps: RunningDeps, { deed, subject = '' }: Order): Promise<void> {
  const { options, ground, services, pools, end } = deps;
  const { mode = 'normal' } = options;
  switch (deed) {
    case 'choose-free-port':
      refuseInMode(mode, 'the port cannot be changed');
      await ground.settings.update({ port: await findFreePort() });
      return;
    case 'choose-free-pool-port':
      refuseInMode(mode, 'the port cannot be changed');
      await ground.settings.update({ poolPort: await findFreePort() });
      await pools.side.beforeFirstPool();
      return;
    case 'make-writable':
      await makeWritable(options.paths.dataFolder);
      return;
    case 'recover-database':
      wantCheck(options.paths.databaseFile);
      end.restart('normal');
      return;
    case 'shrink-database':
      await sql`pragma wal_checkpoint(truncate)`.execute(ground.storage.database);
      return;
    case 'repair-model':
      repairModel(ground, subject);
      return;
    case 'retry-provider':
      services.providers.reset(subject);
      return;
    case 'start-safely':
      end.restart('safe');
      return;
    case 'remove-leftovers':
      // The runtime file is its own now; whoever would restore has to stop it first.
      await removeUnfinishedRestore(options.paths);
      return;
  }
}

/** What is damaged has to be known first; the library shows how both go. */
function repairModel({ library }: Ground, id: string): void {
  if (library.checks.of(id)?.phase === 'damaged') library.checks.repair(id);
  else library.checks.verify(id);
}

async function report(
  { options, ground, services }: RunningDeps,
  findings: Awaited<ReturnType<FirstAid['examine']>>,
) {
  const { face, mode = 'normal', log, surroundings, clock } = options;
  const { settings, machine, library, engines, version, startedAt } = ground;
  const { requests } = await services.activity.list({ limit: 200 });
  const errors = requests.flatMap(({ startedAt: at, error, model }) =>
    error === undefined ? [] : [`${new Date(at).toISOString()} ${error.code} ${model}`],
  );
  return writeReport(
    {
      program: {
        ...{ Version: version, Node: process.versions.node, Face: face, Mode: mode },
        System: `${process.platform} ${process.arch}`,
        'Minutes since its start': Math.round((clock.now() - startedAt) / 60_000).toString(),
      },
      ...{ findings, errors },
      hardware: machine.hardware(),
      models: library.models.list().map(({ id, sizeBytes }) => ({
        ...{ id, sizeBytes },
        state: engines.manager.describe(id).state.phase,
      })),
      settings: changedSettings(settings.current()),
      log: log.newestLines(200),
    },
    redactorFor(surroundings),
  );
}

export function changedSettings(settings: Settings): Readonly<Record<string, unknown>> {
  const defaults = new Map<string, unknown>(Object.entries(defaultSettings));
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults.get(name)),
    ),
  );
}
