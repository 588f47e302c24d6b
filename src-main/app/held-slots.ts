import type { SlotContents } from '../core/node.ts';

const nothing: readonly SlotContents[] = [];

/** What this machine's slots hold, model by model: the same arrays until they hold something else. */
export class HeldSlots {
  private readonly ofModels = new Map<string, readonly SlotContents[]>();

  /** Those of one model among the slots of all loaded ones. */
  of(modelId: string, slots: readonly SlotContents[]): readonly SlotContents[] {
    const known = this.ofModels.get(modelId) ?? nothing;
    const own = slots.filter((slot) => slot.modelId === modelId);
    const current = own.map((slot) => known.find((each) => isSame(each, slot)) ?? slot);
    if (current.length === known.length && current.every((slot, index) => slot === known[index])) {
      return known;
    }
    this.ofModels.set(modelId, current);
    return current;
  }
}

function isSame(before: SlotContents, now: SlotContents): boolean {
  return (
    before.slot === now.slot && before.marks === now.marks && before.heldTokens === now.heldTokens
  );
}
