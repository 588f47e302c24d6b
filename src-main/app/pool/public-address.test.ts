import { expect, test } from 'vitest';
import { publicAddressOf } from './public-address.ts';

const authorityPem = '-----BEGIN CERTIFICATE-----\n…';
const open = {
  ...{ site: undefined, port: 8443, authorityPem },
  addresses: ['pond.test:8443', '192.168.1.7:8443'],
};

test('the best way in stands behind the gateway’s own authority', () => {
  expect(publicAddressOf(open)).toEqual({
    publicUrl: 'https://pond.test:8443/v1',
    publicCertificate: { kind: 'own', pem: authorityPem },
  });
});

test('behind a reverse proxy its site is the address, and its certificate is public', () => {
  const site = { url: 'https://example.org/millpond' };
  expect(publicAddressOf({ ...open, site, port: undefined, addresses: [] })).toEqual({
    publicUrl: 'https://example.org/millpond/v1',
    publicCertificate: { kind: 'public' },
  });
  expect(publicAddressOf({ ...open, site })?.publicCertificate).toEqual({ kind: 'public' });
});

test('a certificate of the owner’s own counts for its names: a way in under one, or its first', () => {
  const certificate = {
    names: ['ai.example.org', 'pond.test'],
    covers: (name: string) => name === 'ai.example.org' || name === 'pond.test',
  };
  expect(publicAddressOf({ ...open, certificate })).toEqual({
    publicUrl: 'https://pond.test:8443/v1',
    publicCertificate: { kind: 'public' },
  });
  const byAddress = { ...open, certificate, addresses: ['[fd00::1]:8443', '192.168.1.7:8443'] };
  expect(publicAddressOf(byAddress)?.publicUrl).toBe('https://ai.example.org:8443/v1');
  expect(publicAddressOf({ ...byAddress, port: 443 })?.publicUrl).toBe('https://ai.example.org/v1');
  expect(publicAddressOf({ ...byAddress, port: undefined })).toBeUndefined();
  const star = { names: [], covers: () => false };
  expect(publicAddressOf({ ...byAddress, certificate: star })).toMatchObject({
    publicUrl: 'https://[fd00::1]:8443/v1',
    publicCertificate: { kind: 'own' },
  });
});

test('nothing is said while no port is open or no way in is known', () => {
  expect(publicAddressOf({ ...open, port: undefined })).toBeUndefined();
  expect(publicAddressOf({ ...open, addresses: [] })).toBeUndefined();
});
