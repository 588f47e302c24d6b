import { describe, expect, test } from 'vitest';
import { judgeSight, lacksSight, seeingModels } from './sight.ts';
import type { Attachment, InstalledModel, UserMessage } from '../types.ts';

function model(id: string, vision?: boolean, more: Partial<InstalledModel> = {}): InstalledModel {
  const others = { completion: true, embedding: false, rerank: false, tools: false };
  return {
    ...{ id, name: id, source: 'attached', usedBy: [], engines: [], options: {} },
    ...{ state: { phase: 'installed' }, systemPrompt: '' },
    ...(vision !== undefined && {
      capabilities: { ...others, chat: true, reasoning: false, continuation: false, vision },
    }),
    ...more,
  };
}

const picture: Attachment = {
  ...{ id: 'p', name: 'pond.png', mediaType: 'image/png', sizeBytes: 9, characters: 0, tokens: 4 },
  isImage: true,
};
const shown: UserMessage = {
  ...{ role: 'user', id: 'm', chatId: 'c', parentId: null, createdAt: 0, text: '' },
  attachments: [picture],
};
const written = { attachments: [picture], branch: [] };

describe('whether a model can read what it would be sent', () => {
  test('a picture is fine for a model that sees, and for one of which nobody knows', () => {
    expect(judgeSight({ ...written, model: model('eye', true) })).toBe('fine');
    expect(judgeSight({ ...written, model: model('mute') })).toBe('fine');
    expect(judgeSight({ ...written, model: undefined })).toBe('fine');
  });

  test('a text model is blind to the picture being written, and to those before it', () => {
    const text = model('text', false);
    const file = { ...picture, isImage: false };
    expect(judgeSight({ ...written, model: text })).toBe('blind');
    expect(judgeSight({ model: text, attachments: [file], branch: [shown] })).toBe('blind-before');
    expect(judgeSight({ model: text, attachments: [file], branch: [] })).toBe('fine');
  });
});

test('offers models that see for sure, those that answer at once first', () => {
  const ready: Partial<InstalledModel> = { state: { phase: 'ready', since: 0 } };
  const models = [
    model('unloaded', true),
    model('text', false, ready),
    model('unknown', undefined, ready),
    model('broken', true, { problem: 'Its file is gone.' }),
    model('loaded', true, ready),
  ];
  expect(seeingModels(models).map(({ id }) => id)).toEqual(['loaded', 'unloaded']);
});

test('tells the refusal of a picture from other refusals', () => {
  const code = 'unsupported-capability';
  expect(lacksSight({ error: { code, message: '', reason: 'vision' } })).toBe(true);
  expect(lacksSight({ error: { code, message: '', param: 'messages' } })).toBe(true);
  expect(lacksSight({ error: { code, message: '', param: 'seed' } })).toBe(false);
  expect(lacksSight({ error: { code: 'internal', message: '', param: 'messages' } })).toBe(false);
  expect(lacksSight({})).toBe(false);
});
