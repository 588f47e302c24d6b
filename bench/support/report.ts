import type { Machine } from './machine.ts';
import type { Summary } from './stats.ts';
import { renderTable } from './table.ts';

/** One thing that was measured. */
export interface Figure {
  readonly what: string;
  /** Such as `ms`, `tokens/s` or `%`; empty for a plain count. */
  readonly unit: string;
  readonly measured: Summary;
  /** The same load on what it is compared with. */
  readonly reference?: Summary;
  /** The design's budget for it, as people read it. */
  readonly budget?: string;
}

/** Figures that share what was measured and what it is compared with. */
export interface Section {
  readonly title: string;
  /** How the two columns compare; absent when there is no reference. */
  readonly comparison?: {
    readonly reference: string;
    /** `ratio`: measured median by reference median. `difference`: measured minus reference. */
    readonly by: 'ratio' | 'difference';
  };
  readonly figures: readonly Figure[];
}

export interface Report {
  readonly benchmark: string;
  readonly machine: Machine;
  readonly sections: readonly Section[];
}

/** The report as data: the same figures, with each comparison worked out. */
export function toJson(report: Report): string {
  const sections = report.sections.map((section) => ({
    ...section,
    figures: section.figures.map((figure) => ({ ...figure, ...compare(figure, section) })),
  }));
  return JSON.stringify({ ...report, sections }, undefined, 2);
}

/** The report as Markdown tables. */
export function toMarkdown({ machine, sections }: Report): string {
  const facts = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB`,
    `${machine.system}, Node ${machine.node}, node-llama-cpp ${machine.nodeLlamaCpp}`,
    `load average when it began: ${machine.loadAverage}`,
  ];
  return [facts.join(' · '), ...sections.map(sectionText)].join('\n\n');
}

function sectionText(section: Section): string {
  const { comparison, figures, title } = section;
  const hasBudget = figures.some((figure) => figure.budget !== undefined);
  const head = [
    'what',
    'unit',
    'median (min–max)',
    ...(comparison === undefined ? [] : [comparison.reference, comparison.by]),
    ...(hasBudget ? ['budget'] : []),
  ];
  const rows = figures.map((figure) => [
    figure.what,
    figure.unit,
    spread(figure.measured),
    ...(comparison === undefined ? [] : comparedCells(figure, section)),
    ...(hasBudget ? [figure.budget ?? ''] : []),
  ]);
  return `### ${title}\n\n${renderTable([head, ...rows])}`;
}

function comparedCells(figure: Figure, section: Section): string[] {
  if (figure.reference === undefined) return ['', ''];
  const { ratio, difference } = compare(figure, section);
  const compared = ratio?.toFixed(2) ?? (difference === undefined ? '' : significant(difference));
  return [spread(figure.reference), compared];
}

function compare(
  { measured, reference }: Figure,
  { comparison }: Section,
): { readonly ratio?: number; readonly difference?: number } {
  if (reference === undefined || comparison === undefined) return {};
  if (comparison.by === 'difference') return { difference: measured.median - reference.median };
  return reference.median === 0 ? {} : { ratio: measured.median / reference.median };
}

function spread({ count, max, median, min }: Summary): string {
  if (count === 1) return significant(median);
  return `${significant(median)} (${significant(min)}–${significant(max)})`;
}

/** Three digits that mean something, without an exponent. */
function significant(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(size >= 1 ? 2 : 3);
}
