import { BlockMap } from './block-map.ts';

/** What the `.part` file is going to be. Another answer to any of this is another file. */
export interface PartIdentity {
  readonly sizeBytes: number;
  readonly blockBytes: number;
  /** The SHA-256, or else repository, commit and path. */
  readonly content: string;
}

export interface JournalState {
  readonly map: BlockMap;
  /** Full blocks that were on the disk before they were recorded. */
  readonly durable: Set<number>;
  /** When the computer that wrote the rest was started, in epoch milliseconds. */
  readonly bootedAt: number;
  /** Of a file whose identity is only its ETag. */
  readonly etag: string | undefined;
}

/**
 * The journal beside a `.part` file is text, one fact a line, only appended to:
 *
 * - the first line is the identity as JSON
 * - `boot 1700000000000` who writes now
 * - `part 3 65536` so many bytes of block 3 are written
 * - `full 3 0a1b2c3d` block 3 is written, with its check
 * - `kept 3 4 5` these blocks are durable
 * - `etag "…"`
 *
 * A kill in the middle of a line costs that line.
 */
export const journalLine = {
  identity: (identity: PartIdentity): string => `${JSON.stringify({ version: 1, ...identity })}\n`,
  boot: (bootedAt: number): string => `boot ${Math.round(bootedAt)}\n`,
  part: (block: number, received: number): string => `part ${block} ${received}\n`,
  full: (block: number, check: string): string => `full ${block} ${check}\n`,
  kept: (blocks: Iterable<number>): string => `kept ${[...blocks].join(' ')}\n`,
  etag: (etag: string): string => `etag ${etag}\n`,
};

/** Reads a journal; undefined when it is about another file or cannot be understood at all. */
export function readJournal(text: string, identity: PartIdentity): JournalState | undefined {
  const lines = text.split('\n');
  lines.pop(); // behind the last line break is nothing, or a line that was cut
  if (`${lines.shift() ?? ''}\n` !== journalLine.identity(identity)) return undefined;
  const map = new BlockMap(identity.sizeBytes, identity.blockBytes);
  const durable = new Set<number>();
  let bootedAt = 0;
  let etag: string | undefined;
  for (const line of lines) {
    const [word, ...rest] = line.split(' ');
    const [block = -1, received = -1] = rest.map(Number);
    if (word === 'boot') bootedAt = block;
    else if (word === 'etag') etag = line.slice('etag '.length);
    else if (word === 'kept') for (const kept of rest) durable.add(Number(kept));
    else if (word === 'part' && isReceived(map, block, received)) map.setReceived(block, received);
    else if (word === 'full' && isReceived(map, block, 0)) {
      const { start, end } = map.spanOf(block);
      map.setReceived(block, end - start);
      map.setCheck(block, rest[1] ?? '');
    } else break; // a damaged line: nothing behind it is believed
    if (word === 'part') durable.delete(block);
  }
  return { map, durable, bootedAt, etag };
}

function isReceived(map: BlockMap, block: number, received: number): boolean {
  if (!Number.isInteger(block) || block < 0 || block >= map.count) return false;
  const { start, end } = map.spanOf(block);
  return Number.isInteger(received) && received >= 0 && received <= end - start;
}

/** The shortest journal that says the same. */
export function writeJournal(identity: PartIdentity, state: JournalState): string {
  const { map, durable, etag } = state;
  const lines = [journalLine.identity(identity), journalLine.boot(state.bootedAt)];
  if (etag !== undefined) lines.push(journalLine.etag(etag));
  for (let block = 0; block < map.count; block += 1) {
    const check = map.checkOf(block);
    const received = map.receivedOf(block);
    if (check !== undefined) lines.push(journalLine.full(block, check));
    else if (received > 0) lines.push(journalLine.part(block, received));
  }
  const kept = [...durable].filter((block) => map.checkOf(block) !== undefined);
  if (kept.length > 0) lines.push(journalLine.kept(kept));
  return lines.join('');
}
