import { expect, test } from 'vitest';
import type { ControlContext } from '../../contract/control.ts';
import { createConfigHandlers } from './config-handlers.ts';

const contextOf = (personId: string): ControlContext => ({
  ...{ personId, sessionId: 's' },
  peer: { address: '127.0.0.1', isThisMachine: true },
});

test.each([
  'providers: { a: { preset: "${OPENAI_API_KEY}" } }',
  'providers: { a: { served: ["${HOME:-x}"] } }',
  String.raw`providers: { a: { preset: "\x24{HOME}" } }`,
  String.raw`providers: { a: { preset: "\u0024{HOME}" } }`,
])('the environment of the machine is its owner’s alone: %s', async (text) => {
  const read: string[] = [];
  const handlers = createConfigHandlers({
    ownerPersonId: 'olga',
    file: {
      status: () => ({ path: '', state: { phase: 'none' }, locked: [] }),
      check: (each) => {
        read.push(each);
        return [];
      },
      export: () => Promise.resolve(''),
      import: (each) => {
        read.push(each);
        return Promise.resolve({ providers: [], problems: [] });
      },
    },
  });
  const refused = expect.objectContaining({ code: 'forbidden' }) as Error;
  const admin = contextOf('adam');
  expect(() => handlers.check({ text }, admin)).toThrow(refused);
  await expect(handlers.import({ text }, admin)).rejects.toThrow(refused);
  expect(read).toEqual([]);
  await handlers.import({ text: 'providers: {}' }, admin);
  await handlers.check({ text }, contextOf('olga'));
  await handlers.import({ text }, contextOf('olga'));
  expect(read).toEqual(['providers: {}', text, text]);
});
