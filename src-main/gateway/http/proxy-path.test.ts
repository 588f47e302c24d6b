import { expect, test } from 'vitest';
import { checkTail, refuseAccountPath } from './proxy-path.ts';

test.each([
  ['GET', '/files'],
  ['POST', '/files'],
  ['DELETE', '/files/file-1'],
  ['GET', '/%66iles/file-1/content'],
  ['GET', '/FILES'],
  ['GET', '/responses/resp_1'],
  ['POST', '/responses/resp_1/cancel'],
  ['GET', '/chat/completions'],
  ['GET', '/messages/batches'],
  ['POST', '/messages/batches'],
  ['DELETE', '/models/ft:mine'],
  ['GET', '/organization/admin_api_keys'],
  ['POST', '/vector_stores/x/search'],
  ['POST', '/realtime/client_secrets'],
  ['POST', '/v1/realtime/sessions'],
  ['GET', '/v1/files'],
  ['GET', '/%2566iles'],
  ['GET', '/files;x=1'],
  ['GET', '/openai/v1/files'],
  ['GET', '/user/info'],
  ['GET', '/credits'],
  ['POST', '/keys'],
])(
  'what belongs to the whole account is not for those it is shared with: %s %s',
  (method, tail) => {
    expect(() => {
      refuseAccountPath(method, tail);
    }).toThrow(expect.objectContaining({ code: 'forbidden' }));
  },
);

test.each([
  ['POST', '/chat/completions'],
  ['POST', '/responses'],
  ['POST', '/messages'],
  ['POST', '/messages/count_tokens'],
  ['GET', '/models'],
  ['GET', '/models/gpt-x'],
  ['POST', '/images/generations'],
])('what is answered and forgotten is for everybody: %s %s', (method, tail) => {
  expect(() => {
    refuseAccountPath(method, tail);
  }).not.toThrow();
});

test.each(['/a', '/a/b', '/a%20b', '/a%2Fb', '/v1beta/models/x:generate', '/a/'])(
  'an ordinary path passes: %s',
  (tail) => {
    expect(() => {
      checkTail(tail);
    }).not.toThrow();
  },
);
