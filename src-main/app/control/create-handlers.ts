import type { ControlHandlers } from '../../contract/control.ts';
import type { StartMode } from '../../contract/system.ts';
import type { Clock } from '../../core/clock.ts';
import type { ConfigFile } from '../../gateway/config/config-file.ts';
import type { Chats } from '../../chats/create-chats.ts';
import type { Log } from '../../platform/logger.ts';
import type { DataPaths } from '../../platform/paths.ts';
import type { TerminalCommand } from '../../platform/terminal-command.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';
import type { Updater } from '../../updates/updater.ts';
import type { ConnectionRegister } from '../../platform/http/connection-register.ts';
import type { Discover } from '../discover/discover.ts';
import type { Engines } from '../build-engines.ts';
import type { GatewayServices } from '../build-gateway.ts';
import type { Library } from '../build-library.ts';
import type { RuntimeEnd } from '../wire-runtime.ts';
import type { Storage } from '../build-storage.ts';
import type { FetchModels } from '../fetch-models.ts';
import type { Machine } from '../machine.ts';
import type { BuiltPoolSide } from '../pool/build-pool-side.ts';
import type { ModelCatalogue } from '../model-catalogue.ts';
import { createActivityHandlers } from './activity-handlers.ts';
import { createAttachedServerHandlers } from './attached-server-handlers.ts';
import { createChatHandlers } from './chat-handlers.ts';
import { createCommandHandlers } from './command-handlers.ts';
import { createDownloadHandlers } from './download-handlers.ts';
import { createBackups } from '../first-aid/backups.ts';
import { describeRecovery } from '../first-aid/facts.ts';
import type { FirstAid } from '../first-aid/first-aid.ts';
import { createFirstAidHandlers } from './first-aid-handlers.ts';
import { createHubHandlers } from './hub-handlers.ts';
import { createMembershipHandlers } from './membership-handlers.ts';
import { createModelHandlers } from './model-handlers.ts';
import { createPoolHandlers } from './pool-handlers.ts';
import type { PoolHosting } from './pool-handlers.ts';
import { createPrivacyHandlers } from './privacy-handlers.ts';
import { createTeamHandlers } from './create-team-handlers.ts';
import { createServerHandlers } from './server-handlers.ts';
import { createSessionHandlers } from './session-handlers.ts';
import { createSettingsHandlers } from './settings-handlers.ts';
import { createSharingHandlers } from './sharing-handlers.ts';
import { createSystemHandlers } from './system-handlers.ts';
import { createUpdateHandlers } from './update-handlers.ts';

interface HandlersDeps {
  readonly services: GatewayServices;
  readonly settings: SettingsStore;
  readonly catalogue: ModelCatalogue;
  readonly engines: Engines;
  readonly library: Library;
  readonly discover: Discover;
  readonly fetching: FetchModels;
  readonly register: ConnectionRegister;
  readonly machine: Machine;
  readonly conversations: Chats;
  readonly pools: BuiltPoolSide;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly version: string;
  readonly startedAt: number;
  readonly face: 'desktop' | 'headless';
  readonly paths: DataPaths;
  readonly log: Log;
  /** Asked once the gateway that it configures stands. */
  readonly config: () => ConfigFile;
  readonly announceModel: (id: string) => void;
  readonly end: RuntimeEnd;
  /** Asked once it stands. */
  readonly updater: () => Updater;
  readonly mode: StartMode;
  readonly command: TerminalCommand;
  readonly firstAid: FirstAid;
}

/** Every control call of the contract, each section in its own file. */
export function createControlHandlers(deps: HandlersDeps): ControlHandlers {
  const { services, settings, catalogue, engines, library } = deps;
  const hosting = deps.pools.hosting();
  return {
    session: createSessionHandlers(services),
    pools: createPoolHandlers({
      people: services.people,
      nodes: services.nodes,
      hosting,
      renameThisMachine: async (name) => {
        await settings.update({ machineName: name });
      },
    }),
    memberships: createMembershipHandlers(deps.pools.node.memberships),
    sharing: createSharingHandlers(deps.pools.node.sharing),
    settings: createSettingsHandlers(settings),
    activity: createActivityHandlers(services.activity),
    chats: createChatHandlers(deps.conversations),
    models: createModelHandlers({
      ...{ catalogue, engines, library, settings },
      announce: deps.announceModel,
    }),
    hub: createHubHandlers({ hub: library.hub, discover: deps.discover, settings }),
    downloads: createDownloadHandlers(library.downloads, deps.fetching),
    servers: createAttachedServerHandlers(engines.attached),
    privacy: createPrivacyHandlers(deps.register),
    command: createCommandHandlers(deps.command),
    server: serverHandlers(deps, hosting),
    ...createTeamHandlers(services, deps.clock, deps.config()),
    updates: createUpdateHandlers(deps.updater),
    firstAid: createFirstAidHandlers({
      firstAid: deps.firstAid,
      backups: createBackups(deps),
    }),
    system: systemHandlers(deps),
  };
}

function serverHandlers(deps: HandlersDeps, hosting: PoolHosting): ControlHandlers['server'] {
  const { services, settings, version, startedAt } = deps;
  const { keys, administration, modelLimits, limits } = services;
  return createServerHandlers({
    ...{ keys, administration, modelLimits, limits, settings, version, startedAt },
    ownerPersonId: deps.storage.owner.id,
    address: () => services.address(),
    publicAddress: () => hosting.publicAddress(),
    ollamaPort: () => services.ollamaPort(),
    onOllamaPort: (changed) => {
      services.onOllamaPort(changed);
    },
    announce: (status) => {
      services.publish('server.changed', status);
    },
  });
}

function systemHandlers(deps: HandlersDeps): ControlHandlers['system'] {
  const { machine, paths } = deps;
  return createSystemHandlers({
    version: deps.version,
    dataFolder: paths.dataFolder,
    modelsFolder: paths.modelsFolder,
    face: deps.face,
    machine: () => machine.status(),
    newestLogLines: (count) => deps.log.newestLines(count),
    end: deps.end,
    mode: deps.mode,
    recovered: recoveredOf(deps.storage),
  });
}

function recoveredOf({ recovery }: Storage) {
  if (recovery === undefined) return undefined;
  return { folder: recovery.folder, kept: describeRecovery(recovery) };
}
