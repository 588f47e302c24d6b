import type { Clock } from '../core/clock.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import type { Engines } from './build-engines.ts';
import { ModelAnnouncer } from './model-announcer.ts';

interface ChangesDeps {
  readonly clock: Clock;
  readonly engines: Engines;
  readonly settings: SettingsStore;
  readonly publish: (topic: string, data: unknown) => void;
}

interface Changes {
  /** What was chosen for a model changed. */
  readonly model: (id: string) => void;
  readonly stop: () => void;
}

/** Tells every open tab what engines, library and settings do. */
export function announceChanges({ clock, engines, settings, publish }: ChangesDeps): Changes {
  const { manager, library, catalogue } = engines;
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
  const ends = [
    manager.on('changed', model),
    library.on('changed', model),
    library.on('removed', (id) => {
      publish('models.removed', { id });
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
