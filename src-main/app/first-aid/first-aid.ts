import type { Finding, FirstAidDeed, ReportSection } from '../../contract/first-aid.ts';

/** Looks for what is wrong, mends what can be mended, and writes it all down. */
export interface FirstAid {
  examine(signal: AbortSignal): Promise<readonly Finding[]>;
  /** Does what a finding offers. Rejects with one sentence where that cannot be done. */
  mend(deed: FirstAidDeed, subject: string | undefined, signal: AbortSignal): Promise<void>;
  report(signal: AbortSignal): Promise<readonly ReportSection[]>;
}
