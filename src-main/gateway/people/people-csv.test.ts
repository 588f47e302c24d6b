import { expect, test } from 'vitest';
import { readPeopleCsv } from './people-csv.ts';

const people = (text: string) =>
  readPeopleCsv(text).people.map(({ line, name, role }) => `${line.toString()} ${name} ${role}`);
const problems = (text: string) =>
  readPeopleCsv(text).problems.map(({ line, message }) => `${line.toString()} ${message}`);

test('one person a line, with or without heading, role, quotes and empty lines', () => {
  const text = '\uFEFFname,role\r\nMia,admin\r\n\r\n"Tom, the ""second""", Viewer\r\nAnn\r\n';
  expect(people(text)).toEqual(['2 Mia admin', '4 Tom, the "second" viewer', '5 Ann member']);
  expect(problems(text)).toEqual([]);
  expect(people('Mia;viewer\nTom\tadmin')).toEqual(['1 Mia viewer', '2 Tom admin']);
  expect(people('Mia,member,,')).toEqual(['1 Mia member']);
});

test('lines that are wrong are named; the others count', () => {
  const text = 'Mia,boss\n,member\n"Tom,member\nAnn,member,7\nEve,owner\nBob,viewer';
  expect(people(text)).toEqual(['6 Bob viewer']);
  expect(problems(text)).toEqual([
    '1 “boss” is no role; write admin, member or viewer',
    '2 The name is missing',
    '3 A quote is opened and not closed',
    '4 A line holds a name and a role; put names with commas in quotes',
    '5 “owner” is no role; write admin, member or viewer',
  ]);
});

test('at most a thousand at once', () => {
  const text = Array.from({ length: 1005 }, (_, index) => `p${index.toString()}`).join('\n');
  expect(people(text)).toHaveLength(1000);
  expect(problems(text)).toEqual(['1001 One import makes at most 1000 people']);
});

test('a line that is too long is not looked into', () => {
  expect(problems(`Mia\n"${'""'.repeat(50_000)}\n${' '.repeat(100_000)}x"`)).toEqual([
    '2 The line is too long',
    '3 The line is too long',
  ]);
});
