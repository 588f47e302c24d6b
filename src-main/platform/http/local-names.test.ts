import { expect, test } from 'vitest';
import { createLocalNames } from './local-names.ts';

const names = createLocalNames(() =>
  Promise.resolve(
    [
      '127.0.0.1 localhost',
      '127.0.1.1\tbox box.home # 127.0.0.1 commented',
      '::1 six',
      '10.0.0.9 nas',
      '127.0.0.1 torn',
      '10.0.0.9 torn',
      'nonsense word',
    ].join('\r\n'),
  ),
);

test.each([
  ['localhost:11434', ['127.0.0.1', '::1']],
  ['127.0.0.2:80', ['127.0.0.2']],
  ['BOX.home:80', ['127.0.1.1']],
  ['six', ['::1']],
])('%s is this machine', async (host, addresses) => {
  expect(await names.addressesOf(host)).toEqual(addresses);
});

test.each(['nas', '10.0.0.9', 'commented', 'word', 'huggingface.co'])('%s is not', async (host) => {
  expect(await names.addressesOf(host)).toEqual([]);
});

test('a name that also leads elsewhere is not this machine', async () => {
  expect(await names.addressesOf('torn')).toEqual([]);
});
