import { expect, test } from 'vitest';
import { formatBytes, formatMemory, Output } from './output.ts';

function capture(isTTY: boolean): { out: string[]; err: string[]; streams: never } {
  const out: string[] = [];
  const err: string[] = [];
  const streams = {
    stdout: { write: (text: string) => out.push(text) },
    stderr: { isTTY, write: (text: string) => err.push(text) },
  };
  return { out, err, streams: streams as never };
}

test('writes sizes as disks and downloads do', () => {
  expect([0, 999, 3_555_424, 12_300_000_000].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '3.56 MB',
    '12.3 GB',
  ]);
});

test('writes memory as it is sold', () => {
  expect([512, 145_000_000, 16 * 1024 ** 3, 999.7 * 1024 ** 2].map(formatMemory)).toEqual([
    '512 B',
    '138 MB',
    '16.0 GB',
    '0.976 GB',
  ]);
});

test('names and sentences of others do not steer the terminal', () => {
  const { out, err, streams } = capture(true);
  const output = new Output(streams, {});
  const hostile = 'a\u001b]0;owned\u0007\u001b[2Jb\u009b1mc';
  output.table([[hostile, 'x']]);
  output.line(hostile);
  output.remark(hostile);
  output.failure(hostile);
  output.progress(hostile, 0);
  const own = `\r\u001b[2K`;
  expect([...out, ...err].join('').replaceAll(own, '')).not.toMatch(/[\u001b\u0007\u009b]/);
  expect(out[1]).toBe('a]0;owned[2Jb1mc\n');
});

test('pads columns to their widest cell', () => {
  const { out, streams } = capture(true);
  new Output(streams, {}).table([
    ['MODEL', 'STATE'],
    ['a', 'Ready'],
  ]);
  expect(out.join('')).toBe('MODEL  STATE\na      Ready\n');
});

test('draws progress only on a terminal, and never between JSON', () => {
  for (const [isTTY, options, drawn] of [
    [true, {}, true],
    [false, {}, false],
    [true, { plain: true }, false],
    [true, { json: true }, false],
  ] as const) {
    const { err, streams } = capture(isTTY);
    new Output(streams, options).progress('Loading', 0.5);
    expect(err.length > 0).toBe(drawn);
  }
});

test('keeps remarks away from JSON output', () => {
  const { out, err, streams } = capture(true);
  const output = new Output(streams, { json: true });
  output.remark('hello');
  output.json({ a: 1 });
  expect([out, err]).toEqual([['{"a":1}\n'], []]);
});
