import { describe, expect, test } from 'vitest';
import type { PoolMachine, PoolOverview } from '../../../api.ts';
import { boxHeight, layoutOf } from './layout.ts';
import { stepFrom } from './steps.ts';
import { answeringAt, drawn, topologyOf } from './topology.ts';
import type { Asker, PoolModel } from './topology.ts';

function machine(id: string, more: Partial<PoolMachine> = {}): PoolMachine {
  return {
    ...{ id, name: id, personName: 'Jon', isThisMachine: false, trust: 'trusted' },
    ...{ phase: 'online', reason: '', since: 1_000_000, hardware: '', slots: 2, busySlots: 0 },
    ...{ tokensPerSecond: 0, models: [], allowedCommands: [], servedTokens: 0, servedAnswers: 0 },
    ...more,
  };
}

function model(id: string, lines: PoolModel['lines'] = []): PoolModel {
  return {
    ...{ id, name: id.toUpperCase(), contextLength: 10, machines: 1, machinesReady: 1 },
    capabilities: {
      ...{ chat: true, completion: true, embedding: false, rerank: false },
      ...{ tools: false, reasoning: false, vision: false, continuation: true },
    },
    ...{ slots: 2, busySlots: lines.length, waiting: 0, tokensPerSecond: 0, lines },
  };
}

function asker(id: string, models: Asker['models']): Asker {
  return {
    ...{ id, name: id, kind: 'key', client: '', tokensPerSecond: 0, answers: 1 },
    waiting: 0,
    models,
  };
}

const line = (machineId: string, tokensPerSecond: number, moved = 0) => ({
  ...{ machineId, tokensPerSecond, answers: 1, moved },
});

const overview: PoolOverview = {
  ...{ poolId: 'p1', at: 0, tokensPerSecond: 100, busySlots: 2, slots: 4, waiting: 1, history: [] },
  machines: [machine('attic'), machine('loft', { phase: 'lost' })],
  models: [model('qwen', [line('attic', 80, 1)]), model('gemma')],
  askers: [
    asker('mara', [{ id: 'qwen', tokensPerSecond: 80, answers: 1, waiting: 0 }]),
    asker('ines', [{ id: 'qwen', tokensPerSecond: 0, answers: 0, waiting: 1 }]),
  ],
  events: [
    { id: 'e', at: 1_000_500, kind: 'answer-moved', machine: 'loft', to: 'attic', model: 'qwen' },
  ],
};

describe('the topology', () => {
  const topology = topologyOf(overview);

  test('draws who is answered, who waits, where answers run, and where they were lost', () => {
    expect(topology.edges.map(({ from, to, kind, moved }) => [from, to, kind, moved])).toEqual([
      ['asker:mara', 'model:qwen', 'flow', 0],
      ['asker:ines', 'model:qwen', 'waiting', 0],
      ['model:qwen', 'machine:attic', 'flow', 1],
      ['model:qwen', 'machine:loft', 'lost', 0],
    ]);
  });

  test('a loss of an earlier time draws nothing', () => {
    const earlier = overview.events.map((event) => ({ ...event, at: 1000 }));
    const edges = topologyOf({ ...overview, events: earlier }).edges;
    expect(edges.filter(({ kind }) => kind === 'lost')).toEqual([]);
  });

  test('in a large pool busy machines and lost ones stay, in their order', () => {
    const quiet = Array.from({ length: 30 }, (_, at) => machine(`quiet${String(at)}`));
    const machines = [
      ...quiet,
      machine('busy', { busySlots: 2 }),
      machine('gone', { phase: 'lost' }),
    ];
    const large = topologyOf({ ...overview, machines });
    expect(large.machines).toHaveLength(drawn.machines);
    expect(large.machines.slice(-2).map(({ id }) => id)).toEqual(['busy', 'gone']);
    expect(large.folded.machines).toBe(machines.length - drawn.machines);
  });

  test('arrows move within a column and follow lines both ways', () => {
    expect(stepFrom(topology, 'asker:mara', 'ArrowDown')).toBe('asker:ines');
    expect(stepFrom(topology, 'asker:mara', 'ArrowUp')).toBeUndefined();
    expect(stepFrom(topology, 'asker:ines', 'ArrowRight')).toBe('model:qwen');
    expect(stepFrom(topology, 'machine:attic', 'ArrowLeft')).toBe('model:qwen');
    expect(stepFrom(topology, 'model:gemma', 'ArrowRight')).toBeUndefined();
  });

  test('names who is answered only where the model runs on one machine', () => {
    expect(answeringAt('attic', overview)[0]?.askers.map(({ name }) => name)).toEqual(['mara']);
    const two = { ...overview, models: [model('qwen', [line('attic', 1), line('loft', 1)])] };
    expect(answeringAt('attic', two)).toEqual([{ model: 'QWEN', answers: 1, askers: [] }]);
  });
});

describe('the layout', () => {
  const { height, boxes, left, right } = layoutOf(topologyOf(overview));

  test('puts boxes of a column under each other without overlap, all within the height', () => {
    const [first, second] = [boxes.get('machine:attic'), boxes.get('machine:loft')];
    expect(second?.y).toBeGreaterThan((first?.y ?? 0) + boxHeight.machine);
    for (const { y, height: box } of boxes.values()) {
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y + box).toBeLessThanOrEqual(height);
    }
  });

  test('widest is what flows most, thinnest what only waits', () => {
    const [mara, ines] = left;
    expect(mara?.width).toBeGreaterThan(10);
    expect(ines?.width).toBeLessThan(2);
    expect(right).toHaveLength(2);
  });

  test('lines at one side of a box lie beside each other', () => {
    const [mara, ines] = left;
    if (mara === undefined || ines === undefined) throw new Error('a line is missing');
    const apart = Math.abs(mara.y2 - ines.y2);
    expect(apart).toBeGreaterThanOrEqual((mara.width + ines.width) / 2);
  });
});
