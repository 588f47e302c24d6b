import { describe, expect, test } from 'vitest';
import { runCommand } from '../testing/command-line.ts';

describe('login', () => {
  const answers = { 'POST /control/sign-in': { token: 'ms_token' } };
  const recognised = { words: ['candle', 'arch'], authority: 'PEM' };

  test('takes an unknown certificate only after its words were confirmed', async () => {
    const refused = await runCommand(['login', 'den.test:8443'], {
      ...{ answers, recognised, input: 'n\n' },
    });
    expect(refused).toMatchObject({ exitCode: 130, kept: [], requests: [] });
    expect(refused.err).toContain('candle arch');
  });

  test('keeps the session with the pinned authority, and shows no password', async () => {
    const { exitCode, out, err, kept, requests } = await runCommand(
      ['login', 'den.test:8443', '--yes', '--name', 'Bea'],
      { answers, recognised, input: 'correct horse\n' },
    );
    expect(exitCode).toBe(0);
    expect(kept).toEqual([
      { origin: 'https://den.test:8443', token: 'ms_token', authority: 'PEM' },
    ]);
    expect(JSON.parse(requests[0]?.body as string)).toEqual({
      ...{ name: 'Bea', password: 'correct horse' },
    });
    expect(requests[0]?.headers).not.toHaveProperty('authorization');
    expect(out + err).not.toContain('correct horse');
  });

  test('asks for no words where a public certificate vouches', async () => {
    const { err, kept } = await runCommand(['login', 'https://pool.example.org'], {
      ...{ answers, input: 'correct horse\n' },
    });
    expect(err).toBe('Password: \n');
    expect(kept).toEqual([{ origin: 'https://pool.example.org', token: 'ms_token' }]);
  });

  test.each(['http://den.test', 'ftp://den.test', 'https://', 'den test'])(
    'speaks to no %s',
    async (url) => {
      const { exitCode, requests } = await runCommand(['login', url], { answers });
      expect([exitCode, requests]).toEqual([2, []]);
    },
  );

  test('sends commands where MILLPOND_URL leads, with the session of that gateway', async () => {
    const remote = { origin: 'https://pool.example.org', token: 'ms_token' };
    const status = {
      version: '1',
      startedAt: 1,
      port: 1,
      openaiUrl: 'x',
      keyless: false,
      keys: [],
    };
    const { exitCode, requests, started } = await runCommand(['keys'], {
      answers: { 'GET /control/server': status },
      ...{ remote, isRunning: true },
    });
    expect([exitCode, started]).toEqual([0, 0]);
    expect(requests[0]).toMatchObject({
      url: 'https://pool.example.org/control/server',
      headers: { authorization: 'Bearer ms_token' },
    });
  });
});
