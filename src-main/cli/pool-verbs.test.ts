import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { refusal, runCommand } from '../testing/command-line.ts';

const poolId = '0190a000-0000-7000-8000-000000000001';
const lab = {
  ...{ id: poolId, name: 'Lab', createdAt: 1, isIsolated: false, strategy: 'expected-time' },
  ...{ contributorsFirst: true, machines: 2, machinesOnline: 1, members: 2 },
};
const attic = { ...lab, id: '0190a000-0000-7000-8000-000000000002', name: 'Attic' };
const reach = {
  ...{ port: 8443, fingerprint: 'x', fingerprintWords: ['candle', 'arch'], isLooking: false },
  candidates: [
    { address: '192.168.1.20:8443', kind: 'lan', verdict: 'unknown' },
    { address: '127.0.0.1:8443', kind: 'loopback', verdict: 'open' },
  ],
  ...{ verdict: 'internet', ownAddress: '', mayMapPort: true, isAnnounced: true },
};
const held = (pools: readonly object[], more = {}) => ({
  'GET /control/pools': { pools, reach: { ...reach, ...more }, hasPassword: true, knocks: [] },
});
const membership = {
  ...{ id: 'm1', poolId, poolName: 'Lab', gatewayName: 'den', personName: 'Bea', role: 'member' },
  ...{ trust: 'trusted', mayServe: true, mayAsk: true, isSharing: true, joinedAt: 1 },
  offersPools: false,
  link: { phase: 'online', since: 1, address: '192.168.1.20:8443' },
  ...{ machinesOnline: 1, models: [], readers: [], addresses: [] },
};
const joined = (memberships: readonly object[]) => ({
  'GET /control/memberships': { memberships, nearby: [] },
});
const status = {
  ...{ version: '1', startedAt: 1, port: 1, openaiUrl: 'http://127.0.0.1:2/v1', keyless: false },
  keys: [] as readonly object[],
};
const key = { id: poolId, name: 'editor', prefix: 'mp_abc', createdAt: 0 };
const invite = {
  ...{ id: poolId, poolId, prefix: 'abc', createdAt: 1, uses: 0, role: 'member', trust: 'trusted' },
  ...{ rights: 'serve-and-ask', models: [], state: 'open' },
};
const isRunning = true;

describe('join', () => {
  const preview = {
    ...{ poolName: 'Lab', gatewayName: 'den', ownerName: 'Mara', role: 'member' },
    ...{ addresses: ['192.168.1.20:8443'], fingerprintWords: ['candle', 'arch'] },
    ...{ rights: 'serve-and-ask', isAlreadyJoined: false },
  };
  const answers = {
    'POST /control/memberships/preview': preview,
    'POST /control/memberships': membership,
    'GET /control/server': status,
  };

  test('shows whose pool it is and its words, asks, joins, and says where its models answer', async () => {
    const words = ['join', 'millpond://join/x', '--name', 'Bea', '--no-share'];
    const { exitCode, out, err, requests } = await runCommand(words, {
      ...{ answers, isRunning, input: 'y\n' },
    });
    expect(exitCode).toBe(0);
    expect(err).toContain('Lab, held by Mara on den');
    expect(err).toContain('candle arch');
    expect(err).toContain('ask its models and share your own');
    const sent = requests.find(({ url }) => url.endsWith('/memberships'));
    expect(JSON.parse(sent?.body as string)).toEqual({
      ...{ link: 'millpond://join/x', personName: 'Bea', share: false },
    });
    expect(out).toContain('answer at http://127.0.0.1:2/v1 too');
  });

  test.each(['n\n', '\n', '', 'yesterday\n'])(
    'joins nothing when the answer is %j',
    async (input) => {
      const { exitCode, requests } = await runCommand(['join', 'link'], {
        answers,
        isRunning,
        input,
      });
      expect(exitCode).toBe(130);
      expect(requests.some(({ url }) => url.endsWith('/memberships'))).toBe(false);
    },
  );

  test('asks nobody with --yes, and never guesses with --json', async () => {
    expect(await runCommand(['join', 'link', '-y'], { answers, isRunning })).toMatchObject({
      exitCode: 0,
    });
    const { exitCode, out } = await runCommand(['join', 'link', '--json'], { answers, isRunning });
    expect(exitCode).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ error: { reason: 'not-confirmed' } });
  });

  test('ends with the one sentence of a refusal', async () => {
    const message = 'This invite was used up; ask Mara for a new one';
    const { exitCode, err } = await runCommand(['join', 'link', '--yes'], {
      answers: { ...answers, 'POST /control/memberships': refusal('forbidden', message) },
      isRunning,
    });
    expect(exitCode).toBe(1);
    expect(err.endsWith(`${message}\n`)).toBe(true);
  });

  test('needs a server that stays', async () => {
    expect(await runCommand(['join', 'link'])).toMatchObject({ exitCode: 4, started: 0 });
  });
});

describe('leave', () => {
  const other = { ...membership, id: 'm2', poolName: 'Attic' };
  const left = { 'DELETE /control/memberships/m1': {} };

  test('leaves the only pool without its name', async () => {
    const answers = { ...joined([membership]), ...left };
    const { exitCode, out } = await runCommand(['leave'], { answers, isRunning });
    expect([exitCode, out]).toEqual([0, 'This machine is not in "Lab" any more.\n']);
  });

  test('wants the name when there are several, in any case of letters', async () => {
    const answers = { ...joined([membership, other]), ...left };
    const unclear = await runCommand(['leave'], { answers, isRunning });
    expect(unclear).toMatchObject({
      exitCode: 2,
      err: 'Say which pool to leave: "Lab", "Attic"\n',
    });
    expect(await runCommand(['leave', 'lab'], { answers, isRunning })).toMatchObject({
      exitCode: 0,
    });
    expect(await runCommand(['leave', 'Barn'], { answers, isRunning })).toMatchObject({
      exitCode: 3,
      err: 'There is no "Barn" here; there is "Lab", "Attic"\n',
    });
  });
});

describe('invite', () => {
  const made = { invite, link: 'millpond://join/abc', text: 'Come in:\nmillpond://join/abc' };
  const picture = { qrPath: '', qrSize: 21 };
  const answers = {
    ...held([lab]),
    [`POST /control/pools/${poolId}/invites`]: { ...made, ...picture },
  };

  test('asks for exactly what its options say, and is good for a week unless told', async () => {
    const words = ['invite', '--uses', '3', '--role', 'viewer', '--trust', 'guest'];
    const more = ['--rights', 'ask', '--models', 'guide, org/tiny', '--qr'];
    const { exitCode, out, requests } = await runCommand([...words, ...more], {
      answers,
      isRunning,
    });
    expect(exitCode).toBe(0);
    expect(out.startsWith('Come in:\nmillpond://join/abc\n')).toBe(true);
    expect(out).toContain('▀');
    const sent = JSON.parse(requests.at(-1)?.body as string) as { expiresAt: number };
    const weekMs = 7 * 24 * 3600_000;
    expect(Math.abs(sent.expiresAt - Date.now() - weekMs)).toBeLessThan(60_000);
    expect(sent).toMatchObject({
      ...{ maxUses: 3, role: 'viewer', trust: 'guest', rights: 'ask' },
      models: ['guide', 'org/tiny'],
    });
  });

  test('never expires when told so', async () => {
    const { requests } = await runCommand(['invite', '--expires', 'never'], { answers, isRunning });
    expect(requests.at(-1)?.body).not.toContain('expiresAt');
  });

  test('says first when nobody can come in from outside', async () => {
    const behind = { ...answers, ...held([lab], { verdict: 'carrier-nat' }) };
    const { err } = await runCommand(['invite'], { answers: behind, isRunning });
    expect(err).toContain('Your provider lets nobody in from outside');
  });

  test('wants a pool, and its name where there are several', async () => {
    expect(await runCommand(['invite'], { answers: held([]), isRunning })).toMatchObject({
      exitCode: 3,
    });
    const several = held([lab, attic]);
    expect(await runCommand(['invite'], { answers: several, isRunning })).toMatchObject({
      exitCode: 2,
      err: 'Say with --pool which one: "Lab", "Attic"\n',
    });
  });

  test.each([
    [['--uses', '0'], 'Give a whole number from 1 to 1000.'],
    [['--expires', 'soon'], 'Give a time such as 30m, 12h, 7d or never.'],
    [['--role', 'owner'], 'Allowed choices are admin, member, viewer.'],
  ])('refuses %j', async (flags, sentence) => {
    const { exitCode, err } = await runCommand(['invite', ...flags], { answers, isRunning });
    expect(exitCode).toBe(2);
    expect(err).toContain(sentence);
  });
});

test('pools lists those held here and those joined', async () => {
  const answers = { ...held([lab]), ...joined([{ ...membership, poolName: 'Barn' }]) };
  const { out } = await runCommand(['pools'], { answers, isRunning });
  expect(out).toMatch(/Lab +this machine +1 of 2 +192\.168\.1\.20:8443/);
  expect(out).toMatch(/Barn +den +1 +Online, sharing/);
});

describe('nodes', () => {
  const machine = {
    ...{ id: 'n1', name: 'den\u001b[2J', personName: 'Mara', isThisMachine: true, trust: 'own' },
    ...{ phase: 'paused', reason: 'Blender uses GPU 0', since: 1, hardware: 'RTX 4090, 24 GB' },
    ...{ slots: 4, busySlots: 1, tokensPerSecond: 31.26, models: [], allowedCommands: [] },
    ...{ servedTokens: 0, servedAnswers: 0 },
  };
  const overview = {
    ...{ poolId, at: 1, tokensPerSecond: 0, machines: [machine], models: [], askers: [] },
    ...{ busySlots: 0, slots: 0, waiting: 0, history: [], events: [] },
  };
  const answers = { ...held([lab]), [`GET /control/pools/${poolId}/overview`]: overview };

  test('lists machines with their reason, and lets no name steer the terminal', async () => {
    const { out } = await runCommand(['nodes'], { answers, isRunning });
    expect(out).toMatch(
      /Lab +den\[2J \(here\) +Mara +paused: Blender uses GPU 0 +own +1 of 4 +31\.3 +– +RTX 4090, 24 GB/,
    );
    expect(out).not.toContain('\u001b');
  });

  test('prints everything as JSON', async () => {
    const { out } = await runCommand(['nodes', '--pool', 'lab', '--json'], { answers, isRunning });
    expect(JSON.parse(out)).toMatchObject({ pools: [{ name: 'Lab', nodes: [{ id: 'n1' }] }] });
  });
});

describe('keys', () => {
  const answers = {
    ...{ ...held([lab]), ...joined([]) },
    'GET /control/server': { ...status, keys: [key] },
    'POST /control/keys': { key: 'mp_abcdef', record: key },
    [`DELETE /control/keys/${poolId}`]: {},
  };

  test('lists them with and without the word list', async () => {
    const bare = await runCommand(['keys'], { answers, isRunning });
    const said = await runCommand(['keys', 'list'], { answers, isRunning });
    expect(bare.out).toMatch(/editor +mp_abc +1970-01-01 +never +all/);
    expect(said.out).toBe(bare.out);
  });

  test('prints a new key alone on standard output', async () => {
    const words = ['keys', 'create', 'editor', '--pool', 'Lab', '--privacy', 'any'];
    const { out, err, requests } = await runCommand(words, { answers, isRunning });
    expect(out).toBe('mp_abcdef\n');
    expect(err).toContain('not shown again');
    const sent: unknown = JSON.parse(requests.at(-1)?.body as string);
    expect(sent).toEqual({ name: 'editor', poolId, privacy: 'any' });
  });

  test.each(['editor', 'mp_abc', poolId])('revokes by %s', async (wanted) => {
    const { out } = await runCommand(['keys', 'revoke', wanted], { answers, isRunning });
    expect(out).toBe('The key "editor" does not work any more.\n');
  });

  test('takes --json behind the inner word', async () => {
    const words = ['keys', 'create', 'editor', '--json'];
    const { out } = await runCommand(words, { answers, isRunning });
    expect(JSON.parse(out)).toMatchObject({ key: 'mp_abcdef' });
  });
});

describe('share, finish and pause', () => {
  const sharing = (state: object) => ({
    ...{ wish: 'share', answersRunning: 2, isOwnerActive: false, readings: [], lately: [] },
    state: { since: 1, reason: '', ...state },
    rules: {
      gpuFree: { isOn: false, abovePercent: 30 },
      notFullScreen: { isOn: false },
      notWhileRunning: { isOn: false, programs: [] },
      away: { isOn: false, minutes: 10 },
      mains: { isOn: false },
      cool: { isOn: false, celsius: 85, againCelsius: 75 },
      hours: { isOn: false, from: 18, to: 8 },
      gpuHeadroom: { isOn: false, bytes: 1 },
    },
    limits: {
      ...{ answersAtOnce: 4, models: null, maxPromptTokens: 0, gpuBytes: 0 },
      ...{ uploadBytesPerSecond: 0, allowedCommands: [], reportErrors: false, keepAwake: false },
    },
    uploadBytesPerSecond: 0,
    given: {
      ...{ todayTokens: 0, todayAnswers: 0, allTokens: 0, allAnswers: 0 },
      ...{ usedTodayTokens: 0, usedAllTokens: 0, days: [] },
    },
  });

  test.each([
    ['share', { phase: 'sharing' }, 'This machine works for its pools.\n'],
    [
      'finish',
      { phase: 'finishing' },
      'This machine ends 2 answers for others and takes no more.\n',
    ],
    [
      'share',
      { phase: 'paused', reason: 'Blender uses GPU 0' },
      'This machine does not work for others (Blender uses GPU 0).\n',
    ],
  ])('%s says how it stands now', async (verb, state, sentence) => {
    const answers = { 'POST /control/sharing': sharing(state) };
    const { out, requests } = await runCommand([verb], { answers, isRunning });
    expect(out).toBe(sentence);
    expect(requests.at(-1)?.body).toBe(JSON.stringify({ wish: verb }));
  });

  test('a pause ends by itself at the next such time of day', async () => {
    const answers = { 'POST /control/sharing': sharing({ phase: 'paused' }) };
    const { requests } = await runCommand(['pause', '--until', '18:30'], { answers, isRunning });
    const { until } = JSON.parse(requests.at(-1)?.body as string) as { until: number };
    const at = new Date(until);
    expect([at.getHours(), at.getMinutes()]).toEqual([18, 30]);
    expect(until).toBeGreaterThan(Date.now());
    expect(until).toBeLessThan(Date.now() + 25 * 3600_000);
  });
});

describe('serve --pool', () => {
  const serving = { ...held([lab]), 'GET /control/server': status };
  test('prints address, words and the set-up code once', async () => {
    const { exitCode, out } = await runCommand(['serve', '--pool', 'Lab', '--pool-port', '9443'], {
      answers: serving,
    });
    expect(exitCode).toBe(0);
    expect(out).toContain('Pool "Lab" is open at https://192.168.1.20:8443\n');
    expect(out).toContain('candle arch');
    expect(out.match(/set-up-code/g)).toHaveLength(1);
  });

  test('tells scripts the same in its ready line', async () => {
    const { out } = await runCommand(['serve', '--pool', '--json'], { answers: serving });
    expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({
      ...{ event: 'ready', pools: ['Lab'], setUpCode: 'set-up-code' },
      publicUrls: ['https://192.168.1.20:8443'],
    });
  });

  test('hands on a certificate by its whole paths, and names first where it counts', async () => {
    const publicUrl = 'https://ai.example.org:9443/v1';
    const named = { ...status, publicUrl, publicCertificate: { kind: 'public' } };
    const words = ['serve', '--pool', '--tls-cert', 'site.pem', '--tls-key', '/etc/site.key'];
    const { out, startedWith } = await runCommand(words, {
      answers: { ...serving, 'GET /control/server': named },
    });
    expect(startedWith).toMatchObject([
      { pool: { certificate: { certFile: resolve('site.pem'), keyFile: '/etc/site.key' } } },
    ]);
    expect(out).toContain(
      'is open at https://ai.example.org:9443 (also https://192.168.1.20:8443)\n',
    );
  });

  test.each([
    [['--pool', '--tls-cert', 'a'], 'A certificate needs both --tls-cert'],
    [['--pool', '--tls-key', 'a'], 'A certificate needs both --tls-cert'],
    [['--tls-cert', 'a', '--tls-key', 'b'], 'A certificate is for the port of a pool; add --pool'],
  ])('refuses %j', async (words, sentence) => {
    const { exitCode, err, started } = await runCommand(['serve', ...words]);
    expect({ exitCode, started }).toEqual({ exitCode: 2, started: 0 });
    expect(err).toContain(sentence);
  });

  test('says nothing of pools without the option', async () => {
    const { out, requests } = await runCommand(['serve']);
    expect(out).not.toContain('set-up');
    expect(requests).toEqual([]);
  });
});

test.each(['bash', 'zsh', 'fish'])('completes the verbs of pools in %s', async (shell) => {
  const { out } = await runCommand(['completion', shell]);
  const verbs = ['join', 'leave', 'invite', 'nodes', 'pools', 'keys', 'login', 'share', 'pause'];
  for (const word of [...verbs, 'finish', 'revoke', 'create']) expect(out).toContain(word);
});
