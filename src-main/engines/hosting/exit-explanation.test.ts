import { expect, test } from 'vitest';
import { explainExit } from './exit-explanation.ts';

test('a kill from outside is told with its likely cause', () => {
  expect(explainExit({ code: null, signal: 'SIGKILL' }, [])).toContain('memory ran out');
});

test('what native code wrote last explains more than a signal', () => {
  const tail = ['loading', 'ggml_backend_cuda: cudaMalloc failed: out of memory', 'aborting'];
  const sentence = explainExit({ code: null, signal: 'SIGABRT' }, tail);
  expect(sentence).toBe('memory ran out (its last words: aborting)');
});

test('a Windows fault is recognised as a signed and as an unsigned number', () => {
  expect(explainExit({ code: 0xc0000005, signal: null }, [])).toContain('native code');
  expect(explainExit({ code: 0xc0000005 | 0, signal: null }, [])).toContain('native code');
  expect(explainExit({ code: 0xc0000135, signal: null }, [])).toContain('Visual C++');
});

test('an unknown end keeps its code', () => {
  expect(explainExit({ code: 3, signal: null }, [])).toContain('code 3');
  expect(explainExit({ code: null, signal: null }, [])).toBe('it could not be started');
});
