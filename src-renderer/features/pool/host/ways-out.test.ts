import { describe, expect, test } from 'vitest';
import { waysOut } from './ways-out.ts';

const reach = { port: 9443, candidates: [] };

describe('the ways out of a carrier’s network', () => {
  test('carry the port that is really open', () => {
    const ways = waysOut(reach, 'Reed', 'vps.example.net');
    expect(ways.passthroughCommand).toContain('-R 0.0.0.0:9443:127.0.0.1:9443 ');
    expect(ways.serverAddress).toBe('vps.example.net:9443');
    expect(waysOut({ candidates: [] }, 'Reed', '').serverAddress).toBe('server.example.org:8443');
  });

  test('take the host out of whatever was pasted', () => {
    for (const typed of [
      'vps.example.net',
      ' root@vps.example.net ',
      'https://vps.example.net/x',
    ]) {
      expect(waysOut(reach, 'Reed', typed)).toMatchObject({
        serverAddress: 'vps.example.net:9443',
        hasServer: true,
      });
    }
  });

  test('never put typed text into a command that is no host', () => {
    for (const typed of ['$(reboot)', 'a;b', '-oProxyCommand=x', 'two words']) {
      const ways = waysOut(reach, 'Reed', typed);
      expect(ways.hasServer).toBe(false);
      expect(ways.passthroughCommand).toContain('root@server.example.org');
    }
  });

  test('quote the name of the pool for a shell', () => {
    expect(waysOut(reach, 'Reed', '').serverCommand).toMatch(/ --pool Reed$/);
    expect(waysOut(reach, "Mara's pool; x", '').serverCommand).toMatch(
      / --pool 'Mara'\\''s pool; x'$/,
    );
  });

  test('offer an overlay network that is there already, unless it is known not to work', () => {
    const overlay = { address: '100.64.0.7:9443', kind: 'overlay', verdict: 'unknown' } as const;
    const found = waysOut({ port: 9443, candidates: [overlay] }, 'Reed', '');
    expect(found.overlayAddress).toBe('100.64.0.7:9443');
    const closed = { ...overlay, verdict: 'closed' } as const;
    expect(
      waysOut({ port: 9443, candidates: [closed] }, 'Reed', '').overlayAddress,
    ).toBeUndefined();
  });
});
