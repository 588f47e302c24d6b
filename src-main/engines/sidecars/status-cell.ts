import { MillpondError } from '../../core/error.ts';
import type { SidecarStatus } from './sidecar.ts';

/** What is known about a program, and one search at a time for it. */
export class StatusCell {
  latest: SidecarStatus;
  private readonly search: () => Promise<SidecarStatus>;
  private searching: Promise<SidecarStatus> | undefined;

  constructor(programName: string, search: () => Promise<SidecarStatus>) {
    this.search = search;
    this.latest = { isUsable: false, reason: `${programName} was not looked for yet` };
  }

  async look(): Promise<SidecarStatus> {
    this.searching ??= this.search();
    try {
      this.latest = await this.searching;
    } finally {
      this.searching = undefined;
    }
    return this.latest;
  }

  /** The path of the program. Rejects with `model-load-failed` and what is missing. */
  async require(): Promise<string> {
    const status = this.latest.isUsable ? this.latest : await this.look();
    if (status.isUsable) return status.path;
    throw new MillpondError('model-load-failed', status.reason);
  }
}
