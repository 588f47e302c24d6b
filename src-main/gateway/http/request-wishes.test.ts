import { describe, expect, test } from 'vitest';
import { readWishes } from './request-wishes.ts';
import { queueHeaders, statusLine } from './status-text.ts';

describe('the headers of a request', () => {
  test('say who may read it, who answers it and how long it may take', () => {
    expect(
      readWishes({
        'x-millpond-privacy': 'any',
        'x-millpond-node': ' attic ',
        'x-millpond-conversation': 'chat 1',
        'x-millpond-affinity': 'strict',
        'x-millpond-cold-start': 'refuse',
        'x-millpond-deadline-ms': '2500',
        'user-agent': 'x',
      }),
    ).toEqual({
      wishes: {
        privacy: 'any',
        pin: 'attic',
        affinity: { key: 'chat 1', isStrict: true },
        onColdStart: 'refuse',
      },
      deadlineMs: 2500,
    });
  });

  test('may be silent, and then the body names the conversation', () => {
    expect(readWishes({})).toEqual({ wishes: {} });
    expect(readWishes({}, 'from the body').wishes).toEqual({
      affinity: { key: 'from the body', isStrict: false },
    });
    expect(readWishes({ 'x-millpond-conversation': 'mine' }, 'body').wishes.affinity?.key).toBe(
      'mine',
    );
  });

  test.each([
    ['x-millpond-privacy', 'everybody', "'this-machine', 'trusted' or 'any'"],
    ['x-millpond-node', '', 'the name of a machine'],
    ['x-millpond-cold-start', 'yes', "'wait' or 'refuse'"],
    ['x-millpond-deadline-ms', 'soon', 'a number of milliseconds, up to a day'],
    ['x-millpond-deadline-ms', '86400001', 'a number of milliseconds, up to a day'],
  ])('%s may not be %j', (header, value, expected) => {
    expect(() => readWishes({ [header]: value })).toThrow(
      expect.objectContaining({
        code: 'invalid-request',
        message: `The header '${header}' must be ${expected}`,
        param: header,
      }),
    );
  });
});

test('what happens meanwhile is one short line', () => {
  expect(statusLine({ phase: 'queued', position: 3, etaMs: 19_400 })).toBe('queued 3 about 20 s');
  expect(statusLine({ phase: 'queued', position: 1 })).toBe('queued 1');
  expect(statusLine({ phase: 'loading', machine: 'Müllers\n', share: 0.404 })).toBe(
    'loading 40 % on M%C3%BCllers%0A',
  );
  expect(statusLine({ phase: 'moved', from: 'a', to: 'b', atToken: 7, pauseMs: 250 })).toBe(
    'moved from a to b behind token 7 after 250 ms',
  );
  expect(queueHeaders({ phase: 'queued', position: 2, etaMs: 100 })).toEqual({
    'x-millpond-queue-position': '2',
    'x-millpond-queue-eta': '1',
  });
});
