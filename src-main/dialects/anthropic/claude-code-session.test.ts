import { expect, test } from 'vitest';
import { markChars, promptMarks } from '../../core/fingerprint.ts';
import { claudeCodeSession } from '../../testing/claude-code-session.ts';
import type { SessionShape } from '../../testing/claude-code-session.ts';
import { decodeMessage } from './decode.ts';

const seed = { digest: 'model', tenant: 'owner' };
const shape: SessionShape = { model: 'guide', turns: 20, instructions: 450, detail: 30 };

/** Share of all prompt characters of a session that a slot which read the turn before has read already. */
function reusedShare(session: SessionShape): number {
  let held: ReadonlySet<string> = new Set();
  let reused = 0;
  let total = 0;
  for (const request of claudeCodeSession(session)) {
    const marks = promptMarks(decodeMessage(request).input, seed);
    const shared = marks.findLast((mark) => held.has(mark));
    reused += shared === undefined ? 0 : markChars(shared);
    total += markChars(marks.at(-1) ?? '');
    held = new Set(marks);
  }
  return reused / total;
}

test('a session of 20 turns reuses at least 90 % of what its prompts say', () => {
  expect(reusedShare(shape)).toBeGreaterThanOrEqual(0.9);
});

test('with a changing line that nobody drops it would reuse nothing', () => {
  expect(reusedShare({ ...shape, lineName: 'x-unknown-billing-header' })).toBeLessThan(0.01);
});

test('the line is named as ignored in every turn, and nothing is demanded', () => {
  for (const request of claudeCodeSession(shape)) {
    const decoded = decodeMessage(request);
    expect(decoded.ignored).toEqual(['context_management', 'x-anthropic-billing-header']);
    expect(decoded.demands).toBeUndefined();
    expect(decoded.affinity).toBe('user_0784b260_account_261d5434_session_b4e5aaaa');
  }
});
