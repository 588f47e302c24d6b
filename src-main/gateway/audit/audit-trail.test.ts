import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { createMemoryAudit } from '../../testing/memory-audit.ts';
import { exportAudit } from './audit-export.ts';
import { createAuditLog } from './audit-log.ts';
import type { AuditFacts } from './audit-log.ts';
import { createAuditTrail } from './audit-trail.ts';
import type { AuditedCall } from './audit-trail.ts';

function open() {
  const clock = createFakeClock();
  const written: AuditFacts[] = [];
  const trail = createAuditTrail({
    clock,
    log: { add: (facts) => written.push(facts) },
    names: {
      nameOf: (section, id) =>
        `${section} ${id}` === 'providers p1' ? 'OpenAI' : people.nameOf(id),
    },
    people: { ...people, namedBy: (name) => (name === '' || name === 'olga' ? 'Olga' : undefined) },
    personOf: (token) => (token === 'ms_token' ? 'olga-id' : undefined),
  });
  const make = (
    call: Partial<AuditedCall> & Pick<AuditedCall, 'section' | 'name'>,
    ended: object,
  ) => {
    trail.begin({ method: 'POST', personId: 'olga-id', address: '::1', input: {}, ...call })(
      'error' in ended ? { error: ended.error } : { output: ended },
    );
  };
  const subjects = () => written.map(({ subject }) => subject);
  return { clock, trail, make, written, subjects };
}

const people = {
  nameOf: (id: string) => ({ 'olga-id': 'Olga', 'mia-id': 'Mia' })[id],
};

describe('the audit trail', () => {
  test('says who did what to whom, from where, and how it ended', () => {
    const { make, written } = open();
    make({ section: 'people', name: 'remove', method: 'DELETE', input: { id: 'mia-id' } }, {});
    const error = new MillpondError('forbidden', 'Only the owner may do this');
    make({ section: 'people', name: 'update', input: { id: 'mia-id', name: 'Maria' } }, { error });
    const who = { personId: 'olga-id', personName: 'Olga', address: '::1' };
    expect(written).toEqual([
      { ...who, action: 'people.remove', subject: 'Mia', outcome: 'done' },
      { ...who, action: 'people.update', subject: 'Mia → Maria', outcome: 'forbidden' },
    ]);
  });

  test('leaves out what only asks, and what belongs to one person', () => {
    const { make, written } = open();
    make({ section: 'people', name: 'list', method: 'GET' }, {});
    make({ section: 'chats', name: 'send', input: { text: 'a secret' } }, {});
    make({ section: 'config', name: 'check', input: { text: 'x' } }, {});
    expect(written).toEqual([]);
  });

  test('names things and settings, and never what they are set to', () => {
    const { make, subjects, written } = open();
    const secret = 'canary-7f3a';
    make({ section: 'providers', name: 'addKey', input: { id: 'p1', key: secret } }, {});
    make({ section: 'settings', name: 'update', input: { port: 1, hubEndpoint: secret } }, {});
    make({ section: 'hub', name: 'setToken', input: { token: secret } }, {});
    make({ section: 'pools', name: 'setPassword', input: { old: secret, password: secret } }, {});
    make({ section: 'config', name: 'import', input: { text: secret } }, {});
    make({ section: 'people', name: 'importCsv', input: { csv: secret } }, {});
    make({ section: 'pools', name: 'createInvites', input: { csv: secret } }, {});
    make({ section: 'prices', name: 'set', input: { model: 'gpt', tiers: [secret] } }, {});
    make({ section: 'people', name: 'create', input: 'nonsense' }, {});
    make({ section: 'aliases', name: 'save', input: { name: `a\n${'b'.repeat(900)}` } }, {});
    expect(subjects().slice(0, 9)).toEqual([
      ...['OpenAI', 'hubEndpoint, port', '', '', '', '', '', 'gpt', ''],
    ]);
    expect(subjects()[9]).toHaveLength(200);
    make({ section: 'providers', name: 'add', input: { preset: 'openai', keys: [secret] } }, {});
    expect(subjects()[10]).toBe('openai');
    expect(JSON.stringify(written)).not.toContain(secret);
  });

  test('names who signed in, and of a failed try no more than an account that exists', () => {
    const { make, written } = open();
    const stranger = { section: 'session', name: 'signIn', personId: '', address: '203.0.113.7' };
    const error = new MillpondError('unauthenticated', 'wrong');
    make({ ...stranger, input: { name: 'olga', password: 'x' } }, { token: 'ms_token' });
    make({ ...stranger, input: { name: 'olga', password: 'x' } }, { error });
    make({ ...stranger, input: { name: 'my password', password: 'x' } }, { error });
    make({ ...stranger, name: 'redeemCode', input: { code: 'c' } }, { token: 'ms_token' });
    expect(
      written.map(({ personName, subject, outcome }) => [personName, subject, outcome]),
    ).toEqual([
      ['Olga', 'Olga', 'done'],
      ['', 'Olga', 'unauthenticated'],
      ['', '', 'unauthenticated'],
      ['Olga', 'Olga', 'done'],
    ]);
    expect(JSON.stringify(written)).not.toContain('my password');
  });

  test('is not filled by strangers who hammer at the door', async () => {
    const { make, written, clock } = open();
    const error = new MillpondError('rate-limited', 'wait');
    const knock = () => {
      make({ section: 'session', name: 'signIn', personId: '' }, { error });
    };
    for (let turn = 0; turn < 500; turn += 1) knock();
    expect(written).toHaveLength(60);
    make({ section: 'session', name: 'signIn', personId: '' }, { token: 'ms_token' });
    expect(written).toHaveLength(61);
    await clock.advance(60_000);
    knock();
    expect(written).toHaveLength(62);
  });
});

describe('the audit log', () => {
  const facts = { personId: '', personName: '', subject: '', outcome: 'done', address: '' };

  test('writes off the hot path, and is whole whenever it is asked', async () => {
    const clock = createFakeClock();
    const store = createMemoryAudit();
    const log = createAuditLog({ store, clock, logger: silentLogger });
    log.add({ ...facts, action: 'a' });
    expect(store.entries).toEqual([]);
    expect((await log.query({ limit: 10 })).entries).toMatchObject([{ action: 'a' }]);
    log.add({ ...facts, action: 'b' });
    await clock.advance(100);
    expect(store.entries).toHaveLength(2);
    log.add({ ...facts, action: 'c' });
    await log.close();
    expect(store.entries.map(({ action }) => action)).toEqual(['a', 'b', 'c']);
  });

  test('keeps what cannot be written, in order, until it can', async () => {
    const clock = createFakeClock();
    const store = createMemoryAudit();
    let isLocked = true;
    const append = store.append.bind(store);
    store.append = (entries) => (isLocked ? Promise.reject(new Error('locked')) : append(entries));
    const log = createAuditLog({ store, clock, logger: silentLogger });
    for (const action of ['a', 'b']) log.add({ ...facts, action });
    await clock.advance(100);
    expect(store.entries).toEqual([]);
    isLocked = false;
    log.add({ ...facts, action: 'c' });
    await clock.advance(5000);
    expect(store.entries.map(({ action }) => action)).toEqual(['a', 'b', 'c']);
  });

  test('forgets what is older than a year, each day', async () => {
    const clock = createFakeClock();
    const store = createMemoryAudit();
    const log = createAuditLog({ store, clock, logger: silentLogger });
    log.add({ ...facts, action: 'old' });
    await clock.advance(366 * 24 * 60 * 60_000);
    expect(store.entries).toHaveLength(1);
    await clock.advance(24 * 60 * 60_000);
    expect(store.entries).toEqual([]);
    await log.close();
  });
});

test('an export is safe to open in a spreadsheet', () => {
  const entry = {
    ...{ id: 'i', at: Date.UTC(2026, 10, 21), personId: 'p', personName: '=HYPERLINK("x")' },
    ...{ action: 'people.create', subject: 'a,b', outcome: 'done', address: '::1' },
  };
  const { text, fileName, mediaType } = exportAudit([entry], 'csv', Date.UTC(2026, 10, 22));
  expect([fileName, mediaType]).toEqual(['millpond-audit-2026-11-22.csv', 'text/csv']);
  expect(text.split('\r\n')).toEqual([
    'at,personName,personId,action,subject,outcome,address',
    `2026-11-21T00:00:00.000Z,"'=HYPERLINK(""x"")",p,people.create,"a,b",done,::1`,
    '',
  ]);
  expect(JSON.parse(exportAudit([entry], 'json', 0).text)).toMatchObject([{ subject: 'a,b' }]);
});
