import { expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { createConnectionRegister } from './connection-register.ts';
import type { ContactedHost } from './connection-register.ts';

const hub = { host: 'huggingface.co', isLoopback: false };
const server = { host: '127.0.0.1:11434', isLoopback: true };

test('lists every host with its purposes and figures', () => {
  const clock = createFakeClock(100);
  const register = createConnectionRegister(clock);
  register.admit(hub, 'hub').received(7);
  const contact = register.admit(hub, 'download');
  contact.sent(1);
  contact.received(2);
  register.admit(hub, 'hub');
  register.admit(server, 'attached-server').sent(50);
  expect(register.since).toBe(100);
  expect(register.hosts()).toEqual([
    {
      ...hub,
      purposes: ['hub', 'download'],
      requests: 3,
      sentBytes: 1,
      receivedBytes: 9,
      refused: 0,
      lastAt: 100,
    },
    {
      ...server,
      purposes: ['attached-server'],
      requests: 1,
      sentBytes: 50,
      receivedBytes: 0,
      refused: 0,
      lastAt: 100,
    },
  ]);
});

test('a refused attempt is counted and is no request', async () => {
  const clock = createFakeClock(0);
  const register = createConnectionRegister(clock);
  register.admit(hub, 'hub');
  register.setLocalOnly(true);
  await clock.advance(10);
  expect(() => register.admit(hub, 'download')).toThrow('Local only is on');
  expect(register.hosts()).toMatchObject([
    { requests: 1, refused: 1, purposes: ['hub', 'download'], lastAt: 10 },
  ]);
  register.setLocalOnly(false);
  register.admit(hub, 'hub');
  expect(register.hosts()).toMatchObject([{ requests: 2, refused: 1 }]);
});

test('cuts what is open the moment that Local only is turned on, and only then', () => {
  const register = createConnectionRegister(createFakeClock());
  let cuts = 0;
  const stop = register.onLocalOnly(() => (cuts += 1));
  register.setLocalOnly(false);
  expect(cuts).toBe(0);
  register.setLocalOnly(true);
  expect(cuts).toBe(1);
  stop();
  register.setLocalOnly(true);
  expect(cuts).toBe(1);
});

test('tells of a host once a second at most, with its latest figures', async () => {
  const clock = createFakeClock();
  const register = createConnectionRegister(clock);
  const told: ContactedHost[] = [];
  const stop = register.on('changed', (host) => told.push(host));
  const contact = register.admit(hub, 'download');
  for (let pieces = 0; pieces < 50; pieces += 1) contact.received(10);
  await clock.advance(999);
  expect(told).toEqual([]);
  await clock.advance(1);
  expect(told).toMatchObject([{ host: 'huggingface.co', receivedBytes: 500 }]);
  await clock.advance(10_000);
  expect(told).toHaveLength(1);
  stop();
  contact.received(1);
  await clock.advance(1000);
  expect(told).toHaveLength(1);
});

test('sets no timer while nobody listens', () => {
  const clock = createFakeClock();
  const register = createConnectionRegister(clock);
  register.admit(hub, 'hub').received(1);
  expect(clock.waiting).toBe(0);
});
