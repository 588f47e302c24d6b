import type { AssignedRun } from './assigned-run.ts';

/** Every Run that a machine has to do with, across its connections. Keyed by membership. */
export class RunTable {
  private readonly runs = new Map<string, Map<string, AssignedRun>>();

  add(membershipId: string, run: AssignedRun): void {
    const ofMember = this.runs.get(membershipId) ?? new Map<string, AssignedRun>();
    ofMember.set(run.requestId, run);
    this.runs.set(membershipId, ofMember);
  }

  /** Removes this very Run; a later one of the same request stays. */
  remove(membershipId: string, run: AssignedRun): void {
    const ofMember = this.runs.get(membershipId);
    if (ofMember?.get(run.requestId) !== run) return;
    ofMember.delete(run.requestId);
    if (ofMember.size === 0) this.runs.delete(membershipId);
  }

  get(membershipId: string, requestId: string): AssignedRun | undefined {
    return this.runs.get(membershipId)?.get(requestId);
  }

  of(membershipId: string): readonly AssignedRun[] {
    return [...(this.runs.get(membershipId)?.values() ?? [])];
  }

  countOf(membershipId: string): number {
    return this.runs.get(membershipId)?.size ?? 0;
  }

  countOfModel(membershipId: string, modelId: string): number {
    let count = 0;
    for (const run of this.runs.get(membershipId)?.values() ?? []) {
      if (run.modelId === modelId) count += 1;
    }
    return count;
  }

  all(): readonly AssignedRun[] {
    return [...this.runs.values()].flatMap((ofMember) => [...ofMember.values()]);
  }
}
