import { expect, test } from 'vitest';
import type { Demand, InferenceRequest } from '../../../core/inference.ts';
import { chatRequest } from '../../../testing/inference-requests.ts';
import { rawFor } from './forward-raw.ts';
import { vendorQuirks } from './vendors.ts';

const quirks = vendorQuirks.gemini;

function asked(path: string, demands: readonly Demand[] = []): InferenceRequest {
  const body = new TextEncoder().encode('{"model":"guide"}');
  const raw = { dialect: 'openai', method: 'POST', path, headers: {}, body, demands } as const;
  return { ...chatRequest('hi'), raw };
}

const search: Demand = { param: 'tools[0].type', why: 'it is a tool of its provider' };

test('bytes pass where the provider has the operation, with all that they demand', () => {
  expect(rawFor(asked('/chat/completions'), quirks)).toBeDefined();
  expect(rawFor(asked('/chat/completions', [search]), quirks)?.raw.demands).toEqual([search]);
});

test('without the operation it is asked in our own words, and never for what they cannot say', () => {
  expect(rawFor(asked('/responses'), quirks)).toBeUndefined();
  expect(() => rawFor(asked('/responses', [search]), quirks)).toThrow(
    expect.objectContaining({ code: 'unsupported-capability', param: 'tools[0].type' }),
  );
});
