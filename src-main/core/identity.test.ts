import { expect, test } from 'vitest';
import { newId, uuidV7 } from './identity.ts';

test('encodes the example of RFC 9562', () => {
  const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
  expect(uuidV7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

test('sorts by time of creation', () => {
  const ids = [1_600_000_000_000, 1_700_000_000_000, 1_700_000_000_001].map((at) =>
    uuidV7(at, new Uint8Array(10).fill(255 - (at % 7))),
  );
  expect(ids.toSorted()).toEqual(ids);
});

test('new ids are valid and differ', () => {
  const ids = Array.from({ length: 100 }, newId);
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
