import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runCommand } from '../testing/command-line.ts';

const poolId = '0190a000-0000-7000-8000-000000000001';
const lab = {
  ...{ id: poolId, name: 'Lab', createdAt: 1, isIsolated: false, strategy: 'expected-time' },
  ...{ contributorsFirst: true, machines: 2, machinesOnline: 1, members: 2 },
};
const reach = {
  ...{ port: 8443, fingerprint: 'x', fingerprintWords: ['candle'], isLooking: false },
  ...{ candidates: [], verdict: 'internet', ownAddress: '', mayMapPort: true, isAnnounced: true },
};
const held = { 'GET /control/pools': { pools: [lab], reach, hasPassword: true, knocks: [] } };
const invite = {
  ...{ id: poolId, poolId, prefix: 'abc', createdAt: 1, uses: 0, role: 'member', trust: 'trusted' },
  ...{ rights: 'serve-and-ask', models: [], state: 'open' },
};
const isRunning = true;

describe('invite --csv', () => {
  const file = fileURLToPath(new URL('invite-list.fixture.csv', import.meta.url));
  const listed = (name: string) => ({
    name,
    link: `millpond://join/${name.length.toString()}`,
    invite: { ...invite, expiresAt: Date.UTC(2027, 0, 31), maxUses: 1 },
  });
  const made = [listed('Ada'), listed('Hopper, Grace')];
  const path = `POST /control/pools/${poolId}/invites/import`;
  const answers = { ...held, [path]: { made, problems: [] } };

  test('sends the list with what its lines leave open, and prints one link a line', async () => {
    const words = ['invite', '--csv', file, '--role', 'viewer'];
    const { exitCode, out, err, requests } = await runCommand(words, { answers, isRunning });
    expect(exitCode).toBe(0);
    expect(out.split('\r\n')).toEqual([
      'name,link,begins with,expires,uses',
      'Ada,millpond://join/3,abc,2027-01-31T00:00:00.000Z,1',
      '"Hopper, Grace",millpond://join/13,abc,2027-01-31T00:00:00.000Z,1',
      '',
    ]);
    expect(err).toBe('Keep the links now: they are not shown again.\n');
    const sent = JSON.parse(requests.at(-1)?.body as string) as { csv: string };
    expect(sent).toMatchObject({ role: 'viewer', maxUses: 1, rights: 'serve-and-ask' });
    expect(sent.csv).toBe(readFileSync(file, 'utf8'));
  });

  test('prints JSON for scripts', async () => {
    const words = ['invite', '--csv', file, '--json'];
    const { out } = await runCommand(words, { answers, isRunning });
    expect(JSON.parse(out)).toEqual({ made });
  });

  test('names every line that is wrong, and fails', async () => {
    const problems = [
      { line: 2, column: 'uses', message: '“many” is no number' },
      { line: 5, message: 'A quote is opened and not closed' },
    ];
    const refused = { ...answers, [path]: { made: [], problems } };
    const { exitCode, out, err } = await runCommand(['invite', '--csv', file], {
      ...{ answers: refused, isRunning },
    });
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toBe(
      'Line 2, column uses: “many” is no number.\nLine 5: A quote is opened and not closed.\nNo invite was made.\n',
    );
  });

  test('asks nothing of the gateway where there is no such file', async () => {
    const { exitCode, err, requests } = await runCommand(['invite', '--csv', 'no-such.csv'], {
      ...{ answers, isRunning },
    });
    expect(exitCode).toBe(3);
    expect(err).toBe('There is no file no-such.csv\n');
    expect(requests).toEqual([]);
  });

  test('draws no picture of a list', async () => {
    const { exitCode, err } = await runCommand(['invite', '--csv', file, '--qr'], {
      ...{ answers, isRunning },
    });
    expect(exitCode).toBe(2);
    expect(err).toContain("option '--qr' cannot be used with option '--csv <file>'");
  });
});
