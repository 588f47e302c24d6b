import { expect, test } from 'vitest';
import { hostnameOf, isLoopbackAddress, isLoopbackHost } from './loopback.ts';

test.each(['127.0.0.1', '127.9.9.9', '::1', '[::1]', '::ffff:127.0.0.1', '::ffff:7f00:1'])(
  '%s leads to this machine',
  (address) => {
    expect(isLoopbackAddress(address)).toBe(true);
  },
);

test.each(['10.0.0.1', '::2', '1.127.0.0', '128.0.0.1', '::ffff:10.0.0.1', '2001:db8::7f00:1', ''])(
  "'%s' does not lead to this machine",
  (address) => {
    expect(isLoopbackAddress(address)).toBe(false);
  },
);

test('knows what stays on this machine by name', () => {
  const local = ['localhost', 'LocalHost:80', 'api.localhost', '127.0.0.1:8484', '[::1]:80'];
  expect(local.filter((host) => !isLoopbackHost(host))).toEqual([]);
  const foreign = ['127.0.0.1.example.org', 'huggingface.co', '10.0.0.1', 'notlocalhost'];
  expect(foreign.filter(isLoopbackHost)).toEqual([]);
});

test('takes the port, the brackets and a closing dot off a host', () => {
  expect(['A.example.:443', '[2001:DB8::1]:80', '2001:db8::1', 'nas'].map(hostnameOf)).toEqual([
    'a.example',
    '2001:db8::1',
    '2001:db8::1',
    'nas',
  ]);
});
