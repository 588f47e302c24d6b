import { askerKey, machineKey, modelKey } from './topology.ts';
import type { Topology } from './topology.ts';

/**
 * The box that an arrow key leads to: up and down within a column, left and right along a line.
 * Undefined where it leads nowhere.
 */
export function stepFrom(topology: Topology, at: string, key: string): string | undefined {
  switch (key) {
    case 'ArrowDown':
      return neighbour(topology, at, 1);
    case 'ArrowUp':
      return neighbour(topology, at, -1);
    case 'ArrowRight':
      return topology.edges.find(({ from }) => from === at)?.to;
    case 'ArrowLeft':
      return topology.edges.find(({ to }) => to === at)?.from;
    default:
      return undefined;
  }
}

function neighbour(topology: Topology, at: string, by: number): string | undefined {
  const columns = [
    topology.askers.map(({ id }) => askerKey(id)),
    topology.models.map(({ id }) => modelKey(id)),
    topology.machines.map(({ id }) => machineKey(id)),
  ];
  const column = columns.find((keys) => keys.includes(at));
  return column?.[column.indexOf(at) + by];
}
