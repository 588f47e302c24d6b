import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { formatInviteLink, isExpired, parseInviteLink } from './invite-link.ts';
import type { InviteLink } from './invite-link.ts';

const invite: InviteLink = {
  secret: 'hT3v9_kQ2mXw-1aZpL0bRg',
  poolName: 'Küche & Garage 🌊',
  gatewayName: 'attic',
  ownerName: 'Mei Lin',
  gateway: {
    candidates: ['pool.example.org:8443', '[2001:db8::7]:8443', '192.168.1.20:8443'],
    trust: { kind: 'pin', spki: 'p'.repeat(43) },
  },
  rights: 'serve-and-ask',
  role: 'member',
  expiresAt: 1_800_000_000_000,
};
const link = formatInviteLink(invite);

function rewritten(change: (payload: Record<string, unknown>) => void, version = 1): string {
  const bytes = Buffer.from(link.slice('millpond://join/'.length), 'base64url');
  const payload = JSON.parse(bytes.subarray(5).toString()) as Record<string, unknown>;
  change(payload);
  const body = Buffer.concat([Buffer.of(version), Buffer.from(JSON.stringify(payload))]);
  const sum = createHash('sha256').update(body).digest().subarray(0, 4);
  return `millpond://join/${Buffer.concat([sum, body]).toString('base64url')}`;
}

describe('an invite', () => {
  test('is the same after it was a link', () => {
    expect(parseInviteLink(link)).toEqual(invite);
  });

  test('is the same after it was a web link, whose secret part no server sees', () => {
    const web = formatInviteLink(invite, 'https://pool.example.org/');
    expect(web).toMatch(/^https:\/\/pool\.example\.org\/join#[\w-]+$/);
    expect(parseInviteLink(web)).toEqual(invite);
  });

  test('behind a public certificate names the host instead of a pin, and may have no end', () => {
    const { expiresAt: _, ...rest } = invite;
    const open: InviteLink = {
      ...rest,
      gateway: { candidates: ['a.example:443'], trust: { kind: 'webpki', host: 'a.example' } },
    };
    expect(parseInviteLink(formatInviteLink(open))).toEqual(open);
    expect(isExpired(open, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  test('fits into a QR code that a telephone reads', () => {
    expect(link.length).toBeLessThan(600);
  });

  test('says by itself that it is over', () => {
    expect(isExpired(invite, 1_799_999_999_999)).toBe(false);
    expect(isExpired(parseInviteLink(link), 1_800_000_000_000)).toBe(true);
  });
});

describe('a pasted text', () => {
  test('may be a whole message around the link', () => {
    const message = `Hi! Join my pool until Friday:\n\n<${link}>\n\nGet the app first, see you`;
    expect(parseInviteLink(message)).toEqual(invite);
    expect(parseInviteLink(`${link} works until Friday`)).toEqual(invite);
    expect(parseInviteLink(`(${link})`)).toEqual(invite);
  });

  test('may have broken the link into lines, also quoted ones', () => {
    const lines = link.match(/.{1,76}/g) ?? [];
    expect(parseInviteLink(lines.join('\r\n'))).toEqual(invite);
    expect(parseInviteLink(`> ${lines.join('\n> ')}\n> bye`)).toEqual(invite);
  });

  test('with a link that was cut off says so, wherever it was cut', () => {
    for (let length = 'millpond://join/'.length + 1; length < link.length; length += 7) {
      expect(() => parseInviteLink(link.slice(0, length))).toThrow(
        /A part of this link is missing/,
      );
    }
  });

  test('with a changed letter says so too', () => {
    const changed = link.replace('ttp', '').slice(0, -3) + 'AAA';
    expect(() => parseInviteLink(changed)).toThrow(/A part of this link is missing/);
  });

  test('without a link says what one looks like', () => {
    for (const text of [
      '',
      'hello',
      'https://example.org/',
      'millpond://join/',
      'x'.repeat(50_000),
    ]) {
      expect(() => parseInviteLink(text)).toThrow(/not a Millpond invite/);
    }
  });

  test('with an invite of a newer version asks for an update', () => {
    expect(() => parseInviteLink(rewritten(() => {}, 2))).toThrow(/newer Millpond; update/);
  });

  test('tolerates what later versions add and refuses what makes no sense', () => {
    expect(parseInviteLink(rewritten((payload) => (payload['x'] = 1)))).toEqual(invite);
    const nonsense: ((payload: Record<string, unknown>) => void)[] = [
      (payload) => (payload['c'] = []),
      (payload) => (payload['c'] = ['no port']),
      (payload) => delete payload['k'],
      (payload) => (payload['h'] = 'both.example'),
      (payload) => (payload['m'] = 'king'),
      (payload) => (payload['p'] = 'x'.repeat(101)),
    ];
    for (const change of nonsense) {
      expect(() => parseInviteLink(rewritten(change))).toThrow(/ask for a new one/);
    }
  });

  test('is refused with the code and reason that the window shows', () => {
    expect(() => parseInviteLink('hello')).toThrow(
      expect.objectContaining({ code: 'invalid-request', reason: 'invalid-invite' }),
    );
  });
});
