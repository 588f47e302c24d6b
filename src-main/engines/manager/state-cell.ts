import type { ModelPhase, ModelState } from '../../core/model.ts';

/** A crash while draining ends as `installed`: it was to be unloaded anyway. */
const legalMoves: Record<ModelPhase, readonly ModelPhase[]> = {
  installed: ['loading'],
  loading: ['loading', 'ready', 'failed', 'installed'],
  ready: ['draining', 'failed'],
  draining: ['draining', 'installed'],
  failed: ['loading', 'installed'],
};

/** The state of one model; refuses a move that makes no sense, which would be a fault of ours. */
export class StateCell {
  private readonly onChange: () => void;
  private state: ModelState = { phase: 'installed' };

  constructor(onChange: () => void) {
    this.onChange = onChange;
  }

  get current(): ModelState {
    return this.state;
  }

  enter(next: ModelState): void {
    const { phase } = this.state;
    if (!legalMoves[phase].includes(next.phase)) {
      throw new Error(`model state: ${phase} -> ${next.phase}`);
    }
    this.state = next;
    this.onChange();
  }
}
