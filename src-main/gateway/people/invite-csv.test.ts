import { describe, expect, test } from 'vitest';
import { startOfDay, startOfNextDay } from '../../core/local-time.ts';
import { readInviteCsv } from './invite-csv.ts';

const now = new Date(2026, 10, 21, 15).getTime();
const hourMs = 3600_000;
const terms = {
  ...({ rights: 'serve-and-ask', role: 'member', trust: 'trusted' } as const),
  ...{ maxUses: 1, expiresAt: now + hourMs, models: ['guide'] },
};
const read = (text: string) => readInviteCsv(text, { terms, now });
const invites = (text: string) => {
  const { invites, problems } = read(text);
  expect(problems).toEqual([]);
  return invites;
};
const problems = (text: string) =>
  read(text).problems.map(({ line, column = '', message }) => `${line} ${column} ${message}`);

describe('a list of invites', () => {
  test('needs names alone: what a line leaves open is as chosen', () => {
    expect(invites('\uFEFFAda\r\n\r\n"Hopper, ""Amazing"" Grace",,,,\r\n')).toEqual([
      { line: 1, name: 'Ada', terms },
      { line: 3, name: 'Hopper, "Amazing" Grace', terms },
    ]);
  });

  test('says in seven columns all that an invite can allow', () => {
    const line = 'Ada,12h,3,Viewer,guest,ASK,"guide, org/tiny;other"';
    expect(invites(line)).toEqual([
      {
        ...{ line: 1, name: 'Ada' },
        terms: {
          ...{ rights: 'ask', role: 'viewer', trust: 'guest', maxUses: 3 },
          ...{ expiresAt: now + 12 * hourMs, models: ['guide', 'org/tiny', 'other'] },
        },
      },
    ]);
  });

  test('has a heading where its first line says name, in any order and as spreadsheets write it', () => {
    expect(invites('Uses;NAME;expires\nany;Ada;never\n2;Tom;2026-11-21')).toMatchObject([
      { name: 'Ada', terms: { maxUses: undefined, expiresAt: undefined, role: 'member' } },
      { name: 'Tom', terms: { maxUses: 2, expiresAt: startOfNextDay(startOfDay(now)) } },
    ]);
  });

  test('binds no list of models to who only shares', () => {
    expect(invites('name,rights\nAda,serve')[0]?.terms.models).toEqual([]);
  });

  test('names each wrong field by line and column', () => {
    const text = [
      ...['name,expires,uses,role,trust,rights,models', ',7d', 'Tom,soon', 'Eve,2026-02-30'],
      ...['Bob,2026-11-20', 'Mia,,0', 'Lee,,2.5,owner', 'Kim,,,,,all', '"Jo,7d', 'Al,,,,,,,more'],
    ].join('\n');
    expect(problems(text)).toEqual([
      '2 name The name is missing',
      '3 expires “soon” is no time such as 12h, 7d, 2026-11-21 or never',
      '4 expires “2026-02-30” is no time such as 12h, 7d, 2026-11-21 or never',
      '5 expires “2026-11-20” is over already',
      '6 uses “0” is no number from 1 to 1000, nor any',
      '7 role “owner” is none of admin, member, viewer',
      '7 uses “2.5” is no number from 1 to 1000, nor any',
      '8 rights “all” is none of serve-and-ask, ask, serve',
      '9  A quote is opened and not closed',
      '10  The line has more fields than there are columns',
    ]);
  });

  test.each([
    ['name,expire\nAda,7d', '1  There is no column “expire”; there are name, expires, uses,'],
    ['name,uses,uses\nAda,1,2', '1  The column “uses” is there twice'],
  ])('refuses a heading that cannot be meant: %j', (text, problem) => {
    expect(problems(text)).toHaveLength(1);
    expect(problems(text)[0]).toContain(problem);
    expect(read(text).invites).toEqual([]);
  });

  test('is no longer than what a pool may have open', () => {
    const names = (count: number) => Array.from({ length: count }, (_, n) => `p${n}`).join('\n');
    expect(invites(names(500))).toHaveLength(500);
    expect(problems(`name\n${names(501)}`)).toEqual(['502  One list makes at most 500 invites']);
  });
});
