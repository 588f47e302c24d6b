import { expect, test } from 'vitest';
import { swapScript } from './windows-swap.ts';

test('UPDATE: the script for Windows waits, swaps, undoes a half swap, and survives quotes in names', () => {
  const root = "C:\\Users\\O'Neil\\Millpond";
  const script = swapScript({ root, staged: 'C:\\new', kept: 'C:\\before', folder: 'C:\\f' }, 42);
  expect(script).toContain('Wait-Process -Id 42');
  expect(script).toContain("'C:\\Users\\O''Neil\\Millpond'");
  const moves = script.split('\r\n').filter((line) => line.includes('Move-Item'));
  expect(moves.map((line) => /Path (\S+) -Destination ([^\s;]+)/.exec(line)?.slice(1))).toEqual([
    ["'C:\\Users\\O''Neil\\Millpond'", "'C:\\before'"],
    ["'C:\\new'", "'C:\\Users\\O''Neil\\Millpond'"],
    ["'C:\\before'", "'C:\\Users\\O''Neil\\Millpond'"],
  ]);
});
