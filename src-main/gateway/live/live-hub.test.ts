import { describe, expect, test } from 'vitest';
import { createLiveHub } from './live-hub.ts';
import type { LiveTab } from './live-hub.ts';

/** A tab whose socket empties only when the test says so. */
function createTab() {
  const sent: string[] = [];
  let waiting: { readonly bytes: number; readonly onSent: () => void }[] = [];
  let isCut = false;
  const tab: LiveTab = {
    bufferedBytes: () => waiting.reduce((sum, each) => sum + each.bytes, 0),
    send: (text, onSent) => {
      sent.push(text);
      waiting.push({ bytes: text.length, onSent });
    },
    cutOff: () => {
      isCut = true;
    },
  };
  return {
    tab,
    isCut: () => isCut,
    drain: () => {
      const done = waiting;
      waiting = [];
      for (const each of done) each.onSent();
    },
    seqs: () =>
      sent.flatMap((text) => {
        const seq = /"type":"event","seq":(\d+)/.exec(text)?.[1];
        return seq === undefined ? [] : [Number(seq)];
      }),
    sent,
  };
}

describe('the hub', () => {
  test('sends no more than a slow tab takes, and goes on where it stopped', () => {
    const hub = createLiveHub({ epoch: 'e', capacity: 1000, highWaterBytes: 300 });
    const slow = createTab();
    hub.attach(slow.tab, undefined);
    for (let index = 0; index < 100; index += 1) hub.publish('t', index);
    expect(slow.seqs().length).toBeLessThan(10);
    while (slow.seqs().length < 100) slow.drain();
    expect(slow.seqs()).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(slow.isCut()).toBe(false);
  });

  test('cuts a tab that falls half a ring behind, which then resumes without a gap', () => {
    const hub = createLiveHub({ epoch: 'e', capacity: 100, highWaterBytes: 200 });
    const slow = createTab();
    const fast = createTab();
    hub.attach(slow.tab, undefined);
    hub.attach(fast.tab, undefined);
    for (let index = 0; index < 60; index += 1) {
      hub.publish('t', index);
      fast.drain();
    }
    expect(slow.isCut()).toBe(true);
    expect(fast.isCut()).toBe(false);
    const last = slow.seqs().at(-1) ?? 0;
    const returned = createTab();
    hub.attach(returned.tab, { epoch: 'e', seq: last });
    while (returned.seqs().at(-1) !== 60) returned.drain();
    expect(returned.seqs()).toEqual(Array.from({ length: 60 - last }, (_, n) => last + n + 1));
  });

  test('resets a tab that was away for longer than the ring remembers', () => {
    const hub = createLiveHub({ epoch: 'e', capacity: 10 });
    for (let index = 0; index < 30; index += 1) hub.publish('t', index);
    const late = createTab();
    hub.attach(late.tab, { epoch: 'e', seq: 5 });
    expect(late.sent.map((text) => /"type":"(\w+)"/.exec(text)?.[1])).toEqual(['welcome', 'reset']);
    hub.publish('t', 'news');
    expect(late.seqs()).toEqual([31]);
  });

  test('says when somebody begins to look and when nobody does any more', () => {
    const hub = createLiveHub({ epoch: 'e' });
    const told: boolean[] = [];
    const stop = hub.onWatched((isWatched) => told.push(isWatched));
    const leaveFirst = hub.attach(createTab().tab, undefined);
    const leaveSecond = hub.attach(createTab().tab, undefined);
    leaveFirst();
    expect(told).toEqual([true]);
    leaveSecond();
    leaveSecond();
    expect(told).toEqual([true, false]);
    stop();
    hub.attach(createTab().tab, undefined);
    expect(told).toHaveLength(2);
  });

  test('forgets a tab that left', () => {
    const hub = createLiveHub({ epoch: 'e' });
    const tab = createTab();
    const leave = hub.attach(tab.tab, undefined);
    leave();
    hub.publish('t', 1);
    expect(tab.seqs()).toEqual([]);
  });
});
