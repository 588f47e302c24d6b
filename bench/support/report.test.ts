import { expect, test } from 'vitest';
import type { Report, Section } from './report.ts';
import { toJson, toMarkdown } from './report.ts';
import { summarize } from './stats.ts';

const reportOf = (section: Section): Report => ({
  benchmark: 'engine',
  machine: {
    cpu: 'A processor',
    cores: 2,
    memoryGiB: 8,
    system: 'Linux',
    node: '24',
    nodeLlamaCpp: '3',
    loadAverage: 0.5,
    measuredAt: '2026-01-01T00:00:00Z',
  },
  sections: [section],
});

const lastRow = (section: Section): string =>
  toMarkdown(reportOf(section)).split('\n').at(-1) ?? '';

test('a ratio compares the medians', () => {
  const figures = [
    {
      what: 'decode',
      unit: 'tokens/s',
      measured: summarize([90, 95, 300]),
      reference: summarize([100]),
    },
  ];
  const section = {
    title: 'A model',
    comparison: { reference: 'other', by: 'ratio' },
    figures,
  } as const;
  expect(lastRow(section)).toMatch(/95 \(90–300\) +\| 100 +\| 0\.95/);
  expect(toJson(reportOf(section))).toContain('"ratio": 0.95');
});

test('a difference is measured minus reference', () => {
  const figures = [
    { what: 'added', unit: 'ms', measured: summarize([1.5]), reference: summarize([2]) },
  ];
  const section = {
    title: 'A',
    comparison: { reference: 'bare', by: 'difference' },
    figures,
  } as const;
  expect(lastRow(section)).toContain('| -0.500');
});

test('nothing is compared with zero', () => {
  const figures = [
    { what: 'cached', unit: 'tokens', measured: summarize([3]), reference: summarize([0]) },
  ];
  const section = { title: 'A', comparison: { reference: 'other', by: 'ratio' }, figures } as const;
  expect(toMarkdown(reportOf(section))).not.toMatch(/NaN|Infinity/);
});

test('the report names the machine and its load', () => {
  const text = toMarkdown(reportOf({ title: 'A', figures: [] }));
  expect(text).toContain('A processor, 2 cores, 8 GiB');
  expect(text).toContain('load average when it began: 0.5');
});
