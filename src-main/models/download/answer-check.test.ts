import { expect, test } from 'vitest';
import { checkAnswer, strongEtag } from './answer-check.ts';

const asked = { span: { start: 10, end: 20 }, sizeBytes: 100, etag: '"one"' };
const part = { 'content-range': 'bytes 10-19/100' };

test.each([
  ['the part asked for', 206, part, 'part'],
  ['a shorter part', 206, { 'content-range': 'bytes 10-14/100' }, 'part'],
  ['a part of unknown whole', 206, { 'content-range': 'bytes 10-19/*' }, 'part'],
  ['a part that begins elsewhere', 206, { 'content-range': 'bytes 11-19/100' }, 'wrong'],
  ['a part that ends later', 206, { 'content-range': 'bytes 10-20/100' }, 'wrong'],
  ['a part of another file', 206, { 'content-range': 'bytes 10-19/101' }, 'wrong'],
  ['a part without saying which', 206, {}, 'wrong'],
  ['a compressed part', 206, { ...part, 'content-encoding': 'gzip' }, 'wrong'],
  ['the whole', 200, { 'content-length': '100', etag: '"one"' }, 'whole'],
  ['the whole without a length', 200, {}, 'whole'],
  ['another length', 200, { 'content-length': '99' }, 'wrong'],
  ['another ETag', 200, { 'content-length': '100', etag: '"two"' }, 'changed'],
  ['a weak ETag', 200, { 'content-length': '100', etag: 'W/"two"' }, 'whole'],
  ['a web page', 200, { 'content-type': 'text/html; charset=utf-8' }, 'wrong'],
] as const)('judges %s', (_, status, headers, type) => {
  expect(checkAnswer(status, headers, asked).type).toBe(type);
});

test('only a strong ETag can be a condition', () => {
  expect(strongEtag({ etag: '"abc"' })).toBe('"abc"');
  expect(strongEtag({ etag: 'W/"abc"' })).toBeUndefined();
  expect(strongEtag({ etag: 'abc' })).toBeUndefined();
  expect(strongEtag({})).toBeUndefined();
});
