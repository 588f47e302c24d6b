import { describe, expect, test } from 'vitest';
import { formatAnnouncement, parseAnnouncement } from './offer-text.ts';

const about = {
  poolName: 'Lab',
  ownerName: 'Mara',
  gatewayName: 'den',
  version: '0.4.0',
  spki: 'pw_VunvPfcxxHfHdUfvszfMVms8AK1jCSdkusim4i_8',
};
const text = formatAnnouncement(about);

test('comes back as it was announced', () => {
  expect(parseAnnouncement(text)).toEqual(about);
});

test('fits into TXT strings of 255 bytes, whatever the names are', () => {
  const names = {
    poolName: '🦢'.repeat(60),
    ownerName: '水'.repeat(60),
    gatewayName: 'x'.repeat(500),
  };
  const records = Object.entries(formatAnnouncement({ ...about, ...names }));
  for (const [key, value] of records) {
    expect(Buffer.byteLength(`${key}=${value}`)).toBeLessThanOrEqual(255);
    expect(value).not.toContain('\ufffd');
  }
});

describe('what strangers write', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no object', 'pool=Lab'],
    ['no records', {}],
    ['another version', { ...text, v: '2' }],
    ['no pool', { ...text, pool: '' }],
    ['a pool of invisible letters', { ...text, pool: '\u200b\u202e\u0007' }],
    ['no pin', { ...text, spki: undefined }],
    ['a pin that is too short', { ...text, spki: 'abc' }],
    ['a pin with something behind it', { ...text, spki: `${about.spki}/../x` }],
    ['numbers', { v: 1, pool: 2, spki: 3 }],
  ])('is no announcement: %s', (_what, hostile) => {
    expect(parseAnnouncement(hostile)).toBeUndefined();
  });

  test('loses what steers terminals or turns text around, and whatever is too long', () => {
    const hostile = {
      ...text,
      pool: '\u001b[31mLab\u202e evil\n',
      owner: 'M'.repeat(10_000),
      gateway: { toString: () => 'den' },
    };
    expect(parseAnnouncement(hostile)).toEqual({
      ...about,
      poolName: '[31mLab evil',
      ownerName: 'M'.repeat(60),
      gatewayName: '',
    });
  });
});
