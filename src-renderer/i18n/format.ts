import { useTranslation } from 'react-i18next';
import { createFigures } from './figures.ts';
import { createTimes } from './times.ts';

/** Writes figures and times the way the window does, in one language. */
export function createFormat(locale: string) {
  return { ...createFigures(locale), ...createTimes(locale) };
}

export type Format = ReturnType<typeof createFormat>;

const formats = new Map<string, Format>();

/** The format of a language; made once. */
export function formatFor(locale: string): Format {
  const format = formats.get(locale) ?? createFormat(locale);
  formats.set(locale, format);
  return format;
}

/** Figures and times in the language on screen. */
export function useFormat(): Format {
  return formatFor(useTranslation().i18n.language);
}
