import { expect, test } from 'vitest';
import { programsIn } from './programs.ts';

test('programs are split at commas of both languages and at lines', () => {
  expect(programsIn('blender, obs; Unity，eldenring\nsteam')).toEqual([
    'blender',
    'obs',
    'Unity',
    'eldenring',
    'steam',
  ]);
});

test('a program is listed once, whatever its case, and blanks are none', () => {
  expect(programsIn(' OBS , obs,, ')).toEqual(['obs']);
});

test('a list stays within what the runtime takes', () => {
  const many = Array.from({ length: 80 }, (_, index) => `p${String(index)}`).join(',');
  expect(programsIn(many)).toHaveLength(50);
  expect(programsIn('x'.repeat(300))[0]).toHaveLength(100);
});
