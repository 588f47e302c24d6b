import { expect, test } from 'vitest';
import type { SlotContents } from '../../../core/node.ts';
import { HeldPrompts } from './held-prompts.ts';

const contents = (slot: number, marks: readonly string[]): SlotContents => {
  return { modelId: 'm', slot, marks, heldTokens: 100 };
};

test('each slot is asked for its longest beginning, whoever else holds a shorter one', () => {
  const held = new HeldPrompts();
  held.inform(held.machine('a'), [contents(0, ['1.1', '2.2', '3.3']), contents(1, ['1.1'])], 0);
  held.inform(held.machine('b'), [contents(0, ['1.1', '2.2', '9.3'])], 0);
  const question = held.ask(['1.1', '2.2', '3.3', '4.4']);
  const found = ['a', 'b'].flatMap((id) =>
    held.machine(id).held.map(({ isWholeMatch, matchedChars, slot }) => {
      return { id, slot, matchedChars, isWholeMatch };
    }),
  );
  expect(found).toEqual([
    { id: 'a', slot: 0, matchedChars: 3, isWholeMatch: true },
    { id: 'a', slot: 1, matchedChars: 1, isWholeMatch: true },
    { id: 'b', slot: 0, matchedChars: 2, isWholeMatch: false },
  ]);
  expect(held.machine('a').held.every((each) => each.question === question)).toBe(true);
});

test('a report that is read again changes nothing, a slot that changed is read alone', () => {
  const held = new HeldPrompts();
  const [kept, before] = [contents(0, ['1.1']), contents(1, ['2.2'])];
  held.inform(held.machine('a'), [kept, before], 5);
  held.inform(held.machine('a'), [kept, contents(1, ['3.3'])], 9);
  expect(held.machine('a').held.map(({ marks, usedAt }) => ({ marks, usedAt }))).toEqual([
    { marks: ['1.1'], usedAt: 5 },
    { marks: ['3.3'], usedAt: 9 },
  ]);
});

test('a slot that is being filled keeps what fills it, and the report once the answer is over', () => {
  const held = new HeldPrompts();
  const machine = held.machine('a');
  held.inform(machine, [contents(0, ['1.1'])], 0);
  const occupant = { marks: ['7.7'], promptTokens: 50 };
  held.occupy(machine, machine.held[0], occupant, 1);
  held.inform(held.machine('a'), [contents(0, ['5.5']), contents(1, ['7.7'])], 2);
  expect(machine.held[0]?.marks).toEqual(['7.7']);
  held.vacate(machine, occupant, 80, 3);
  expect(machine.held.map(({ marks }) => marks)).toEqual([['5.5'], ['7.7']]);
});

test('ten thousand reports and requests leave no more than what is held', () => {
  const held = new HeldPrompts();
  for (let turn = 0; turn < 10_000; turn += 1) {
    const id = `node-${String(turn % 5)}`;
    const machine = held.machine(id);
    held.inform(machine, [contents(0, [`${String(turn)}.1`])], turn);
    const occupant = { marks: [`x${String(turn)}.1`], promptTokens: 9 };
    held.occupy(machine, undefined, occupant, turn);
    held.vacate(machine, occupant, turn % 2 === 0 ? 9 : 0, turn);
  }
  expect(held.machineCount).toBe(5);
  expect(held.markCount).toBeLessThanOrEqual(10);
  for (let node = 0; node < 5; node += 1) held.forget(`node-${String(node)}`);
  expect([held.machineCount, held.markCount]).toEqual([0, 0]);
});

test('a machine that never reports is believed to hold a bounded number of prompts', () => {
  const held = new HeldPrompts();
  const machine = held.machine('a');
  held.inform(machine, [], 0);
  const occupants = Array.from({ length: 500 }, (_, index) => {
    return { marks: [`${String(index)}.1`], promptTokens: 9 };
  });
  for (const occupant of occupants) held.occupy(machine, undefined, occupant, 0);
  for (const occupant of occupants) held.vacate(machine, occupant, 9, 1);
  expect(machine.held.length).toBeLessThanOrEqual(64);
  expect(held.markCount).toBe(machine.held.length);
});
