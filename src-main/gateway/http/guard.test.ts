import { expect, test } from 'vitest';
import { refuseAmbiguousTarget } from './guard.ts';

test('a request names its host once, whatever the case, and not in its address', () => {
  const once = ['Host', 'localhost', 'X-Note', 'host'];
  expect(() => refuseAmbiguousTarget('/v1/models', once)).not.toThrow();
  expect(() => refuseAmbiguousTarget('/v1/models', [])).not.toThrow();
  expect(() => refuseAmbiguousTarget('/v1/models', [...once, 'HOST', 'elsewhere'])).toThrow(
    'Send one Host header',
  );
  expect(() => refuseAmbiguousTarget('http://elsewhere/v1/models', once)).toThrow(
    'Send one Host header',
  );
});
