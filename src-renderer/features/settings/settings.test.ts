import { expect, test } from 'vitest';
import { parsePort } from './port.ts';
import { sectionOf, sectionsFor } from './sections.ts';

test('a port is a whole number from 0 to 65535', () => {
  expect([parsePort('8484'), parsePort(' 0 '), parsePort('65535')]).toEqual([8484, 0, 65_535]);
  for (const text of ['', '-1', '65536', '80.5', '0x50', 'http']) {
    expect(parsePort(text)).toBeUndefined();
  }
});

test('the desktop section exists only inside the shell', () => {
  expect(sectionsFor(true)).toContain('desktop');
  expect(sectionsFor(false)).not.toContain('desktop');
  expect(sectionOf('desktop', sectionsFor(false))).toBeUndefined();
  expect(sectionOf('about', sectionsFor(false))).toBe('about');
});
