import type { ControlHandlers } from '../../contract/control.ts';
import type { Updater } from '../../updates/updater.ts';

/** Newer versions of Millpond itself. */
export function createUpdateHandlers(updater: () => Updater): ControlHandlers['updates'] {
  return {
    status: () => updater().status(),
    check: () => updater().check(),
    apply: ({ version }) => updater().apply(version),
    cancel: () => updater().cancel(),
    hurry: () => updater().hurry(),
    putOff: ({ version }) => updater().putOff(version),
    back: () => updater().back(),
  };
}
