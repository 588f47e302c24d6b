import type { ProgramLauncher } from '../../platform/program-launcher.ts';
import { nvidiaSmi } from '../nvidia-smi.ts';
import { followProgram } from './long-lived.ts';
import type { GpuUse, SignalSource } from './owner-readings.ts';
import { programName } from './program-name.ts';
import { known, unknown } from './told.ts';

/** One program's share of one card, as `nvidia-smi pmon` prints it. */
export interface ProcessUse {
  readonly gpu: number;
  readonly pid: number;
  /** Of the card's computing units; 0 where the driver prints a dash. */
  readonly percent: number;
  readonly program: string;
}

const everySeconds = '5';
const missing = 'nvidia-smi does not tell what uses the card';

/** The driver's own monitor, started once, prints every program on every card by itself. */
export function nvidiaUse(deps: {
  readonly launcher: ProgramLauncher;
  /** Processes of ours: what they use is not somebody else's. */
  readonly isOwnProcess: (pid: number) => boolean;
}): SignalSource {
  const { launcher, isOwnProcess } = deps;
  return {
    serves: ['gpuUse'],
    start(report) {
      const table = new PmonTable();
      let latest: GpuUse = { gpu: 0, percent: 0 };
      return followProgram({
        ...{ launcher, command: nvidiaSmi, args: ['pmon', '-s', 'u', '-d', everySeconds] },
        onLine: (line) => {
          const ended = table.add(line);
          if (ended !== undefined) latest = useByOthers(ended, isOwnProcess);
          const soFar = useByOthers(table.soFar(), isOwnProcess);
          // A round is known to be over when the next one begins: what rises is told at once.
          if (soFar.percent > latest.percent) latest = soFar;
          report('gpuUse', known(latest));
        },
        onGone: () => {
          report('gpuUse', unknown(missing));
        },
      });
    },
  };
}

/** The hottest of all cards. */
export function nvidiaTemperature({
  launcher,
}: {
  readonly launcher: ProgramLauncher;
}): SignalSource {
  return {
    serves: ['celsius'],
    start(report) {
      const byCard = new Map<string, number>();
      const query = ['--query-gpu=index,temperature.gpu', '--format=csv,noheader,nounits'];
      return followProgram({
        ...{ launcher, command: nvidiaSmi, args: [...query, `--loop=${everySeconds}`] },
        onLine: (line) => {
          const [card, celsius] = line.split(',').map((cell) => cell.trim());
          if (card === undefined || !(Number(celsius) > 0)) return;
          byCard.set(card, Number(celsius));
          report('celsius', known(Math.max(...byCard.values())));
        },
        onGone: () => {
          report('celsius', unknown('nvidia-smi does not tell how hot the card is'));
        },
      });
    },
  };
}

/**
 * Puts the lines of `nvidia-smi pmon` together to rounds. It repeats its two header lines now and
 * then, and drivers have different columns: the header says which is which.
 */
export class PmonTable {
  private columns: readonly string[] = [];
  private round = new Map<string, ProcessUse>();

  /** What the round that is being printed holds so far. */
  soFar(): readonly ProcessUse[] {
    return [...this.round.values()];
  }

  /** The round that this line ended: a program that comes again begins the next one. */
  add(line: string): readonly ProcessUse[] | undefined {
    const cells = line.trim().split(/\s+/);
    if (cells[0] === '#') {
      if (cells[1] === 'gpu') this.columns = cells.slice(1);
      return undefined;
    }
    const at = (name: string): string | undefined => cells[this.columns.indexOf(name)];
    const gpu = Number(at('gpu'));
    if (!Number.isInteger(gpu) || at('pid') === undefined) return undefined;
    const key = `${String(gpu)} ${at('pid') ?? ''}`;
    const ended = this.round.has(key) ? this.soFar() : undefined;
    if (ended !== undefined) this.round = new Map();
    const pid = Number(at('pid'));
    const percent = Number(at('sm'));
    this.round.set(key, {
      ...{ gpu, pid: Number.isInteger(pid) ? pid : 0 },
      percent: Number.isFinite(percent) ? percent : 0,
      program: cells.slice(this.columns.indexOf('command')).join(' '),
    });
    return ended;
  }
}

/** The card that others use most, and whose share of it is the biggest. */
export function useByOthers(
  round: readonly ProcessUse[],
  isOwnProcess: (pid: number) => boolean,
): GpuUse {
  const others = round.filter(({ pid }) => pid > 0 && !isOwnProcess(pid));
  const cards = [...Map.groupBy(others, ({ gpu }) => gpu)].map(([gpu, uses]) => ({
    gpu,
    percent: uses.reduce((sum, { percent }) => sum + percent, 0),
    program: uses.toSorted((a, b) => b.percent - a.percent)[0]?.program,
  }));
  const busiest = cards.toSorted((a, b) => b.percent - a.percent)[0];
  if (busiest === undefined) return { gpu: 0, percent: 0 };
  const { gpu, percent, program } = busiest;
  return {
    gpu,
    percent: Math.min(100, percent),
    ...(program !== undefined && percent > 0 && { program: programTitle(program) }),
  };
}

/** As people know it: without folder and extension, in its own letters. */
function programTitle(command: string): string {
  const file = command.split(/[\\/]/).at(-1) ?? command;
  return file.slice(0, programName(file).length);
}
