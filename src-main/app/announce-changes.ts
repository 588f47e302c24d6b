import type { HubStatus } from '../contract/hub.ts';
import type { Clock } from '../core/clock.ts';
import type { ConnectionRegister } from '../platform/http/connection-register.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import type { Engines } from './build-engines.ts';
import type { Library } from './build-library.ts';
import { viewOfServer } from './control/attached-server-handlers.ts';
import { viewOfHost } from './control/privacy-handlers.ts';
import { viewOfDownload } from './fetch-models.ts';
import { ModelAnnouncer } from './model-announcer.ts';
import type { Machine } from './machine.ts';
import type { ModelCatalogue } from './model-catalogue.ts';

interface ChangesDeps {
  readonly clock: Clock;
  readonly catalogue: ModelCatalogue;
  readonly engines: Engines;
  readonly library: Library;
  readonly machine: Machine;
  readonly register: ConnectionRegister;
  readonly settings: SettingsStore;
  readonly hubStatus: () => Promise<HubStatus>;
  readonly publish: (topic: string, data: unknown) => void;
}

interface Changes {
  /** What was chosen for a model changed. */
  readonly model: (id: string) => void;
  readonly stop: () => void;
}

/** Tells every open tab what engines, library, downloads, machine and settings do. */
export function announceChanges(deps: ChangesDeps): Changes {
  const { clock, catalogue, engines, library, machine, register, settings, publish } = deps;
  const announcer = new ModelAnnouncer({
    clock,
    describe: (id) => catalogue.describe(id),
    publish: (model) => {
      publish('models.changed', { model });
    },
  });
  const model = (id: string): void => {
    announcer.changed(id);
  };
  const removed = (id: string): void => {
    publish('models.removed', { id });
  };
  const { downloads, hub, models } = library;
  const ends = [
    engines.manager.on('changed', model),
    models.on('changed', model),
    models.on('removed', removed),
    ...announceServers(deps, { model, removed }),
    downloads.on('changed', (download) => {
      publish('downloads.changed', { download: viewOfDownload(download) });
    }),
    downloads.on('removed', (gone) => {
      publish('downloads.removed', gone);
    }),
    hub.onChanged(() => {
      void deps.hubStatus().then((status) => {
        publish('hub.status', status);
      });
    }),
    machine.onChange(() => {
      publish('system.machine', machine.status());
    }),
    register.on('changed', (host) => {
      publish('privacy.contact', { host: viewOfHost(host) });
    }),
    settings.onChanged((next) => {
      publish('settings.changed', next);
    }),
  ];
  return {
    model,
    stop() {
      for (const end of ends) end();
      announcer.stop();
    },
  };
}

/** A server brings models and takes them away. */
function announceServers(
  { engines: { attached }, publish }: ChangesDeps,
  tell: { readonly model: (id: string) => void; readonly removed: (id: string) => void },
): readonly (() => void)[] {
  let offered = new Set(attached.models().map(({ id }) => id));
  const compare = (): void => {
    const now = new Set(attached.models().map(({ id }) => id));
    for (const id of offered) if (!now.has(id)) tell.removed(id);
    offered = now;
    for (const id of now) tell.model(id);
  };
  return [
    attached.on('changed', (server) => {
      publish('servers.changed', { server: viewOfServer(server) });
      compare();
    }),
    attached.on('removed', (id) => {
      publish('servers.removed', { id });
      compare();
    }),
  ];
}
