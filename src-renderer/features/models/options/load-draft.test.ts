import { describe, expect, test } from 'vitest';
import { draftOf, optionLimits, optionsKey, parseDraft, withCard } from './load-draft.ts';
import type { LoadDraft, LoadOptions } from './load-draft.ts';

const limits = optionLimits({ trainedContextLength: 4096 });
const draft = (change: Partial<LoadDraft>): LoadDraft => ({ ...draftOf({}), ...change });

describe('parseDraft', () => {
  test('empty fields leave the choice to the engine', () => {
    expect(parseDraft(draftOf({}), limits)).toEqual({ ok: true, options: {} });
  });

  test('reads back what was chosen before, zero and off included', () => {
    const options: LoadOptions = {
      contextLength: 2048,
      slots: 2,
      gpuLayers: 0,
      flashAttention: false,
    };
    expect(parseDraft(draftOf(options), limits)).toEqual({ ok: true, options });
  });

  test('forgives spaces and grouping', () => {
    const parsed = parseDraft(draft({ contextLength: ' 2,048 ' }), limits);
    expect(parsed).toEqual({ ok: true, options: { contextLength: 2048 } });
  });

  test('names every field that is no whole number within its limits', () => {
    const parsed = parseDraft(draft({ contextLength: '4097', slots: '0', threads: '1.5' }), limits);
    expect(parsed).toEqual({ ok: false, wrong: ['contextLength', 'slots', 'threads'] });
  });
});

test('cards: all together are the engine’s choice, none is the processor only', () => {
  const present = [0, 1];
  expect(withCard('auto', 1, present)).toEqual([0]);
  expect(withCard([0], 1, present)).toBe('auto');
  expect(withCard([0], 0, present)).toEqual([]);
  const parsed = parseDraft(draft({ gpus: [] }), limits);
  expect(parsed).toEqual({ ok: true, options: { gpus: [] } });
});

test('engine and cache type travel as they were chosen', () => {
  const options: LoadOptions = { cacheType: 'q8_0', engine: 'llama-server', gpus: [1] };
  expect(parseDraft(draftOf(options), limits)).toEqual({ ok: true, options });
});

test('the order of the options does not matter for what is loaded', () => {
  expect(optionsKey({ slots: 2, contextLength: 512 })).toBe(
    optionsKey({ contextLength: 512, slots: 2 }),
  );
  expect(optionsKey({ slots: 2 })).not.toBe(optionsKey({ slots: 3 }));
});
