import { describe, expect, test } from 'vitest';
import {
  finish,
  isOver,
  openTestChats,
  says,
  type TestChats,
  text,
} from '../testing/open-test-chats.ts';

const dayMs = 24 * 60 * 60 * 1_000;

async function conversation(chats: TestChats, question: string) {
  const { id } = await chats.chats.create(chats.ownerId, {});
  const sent = await chats.turns.send(chats.ownerId, id, {
    parentId: null,
    text: question,
    attachmentIds: [],
    model: 'guide',
  });
  await chats.until(isOver(sent.answerId));
  return { id, ...sent };
}

describe('a chat', () => {
  test('keeps what it was made with and what was changed', async () => {
    await using chats = await openTestChats();
    const made = await chats.chats.create(chats.ownerId, { model: 'guide', systemPrompt: 'Hi' });
    const parameters = { temperature: 1.5, seed: 3 };
    const changed = await chats.chats.update(chats.ownerId, made.id, {
      title: 'Named',
      pinned: true,
      parameters,
    });
    expect(changed).toEqual({ ...made, title: 'Named', pinned: true, parameters });
    expect((await chats.chats.get(chats.ownerId, made.id)).chat).toEqual(changed);
    expect(chats.events.map(({ topic, personId }) => ({ topic, personId }))).toEqual([
      { topic: 'chats.changed', personId: chats.ownerId },
      { topic: 'chats.changed', personId: chats.ownerId },
    ]);
  });

  test('a name given by hand is not replaced by the first message', async () => {
    await using chats = await openTestChats(says(finish()));
    const { id } = await chats.chats.create(chats.ownerId, {});
    await chats.chats.update(chats.ownerId, id, { title: 'Mine' });
    const { answerId } = await chats.turns.send(chats.ownerId, id, {
      parentId: null,
      text: 'Something else',
      attachmentIds: [],
      model: 'guide',
    });
    await chats.until(isOver(answerId));
    expect((await chats.chats.get(chats.ownerId, id)).chat.title).toBe('Mine');
  });

  test('a leaf of another chat is refused', async () => {
    await using chats = await openTestChats(says(finish()));
    const one = await conversation(chats, 'One');
    const other = await chats.chats.create(chats.ownerId, {});
    await expect(
      chats.chats.update(chats.ownerId, other.id, { leafId: one.answerId }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  test('is exported with its name', async () => {
    await using chats = await openTestChats(says(text('Because.', 1), finish()));
    const { id } = await conversation(chats, 'Why?');
    const exported = await chats.chats.export(chats.ownerId, id, 'markdown');
    expect(exported).toMatchObject({ fileName: 'Why.md' });
    expect(exported.text).toContain('## guide\n\nBecause.');
  });
});

describe('search', () => {
  test('an answer is found as soon as it is over, with the match marked and its message named', async () => {
    await using chats = await openTestChats(says(text('明天的天气很好', 1), finish()));
    const { id, answerId } = await conversation(chats, 'Tell me');
    expect(await chats.chats.list(chats.ownerId, '天气')).toMatchObject([
      { id, messageId: answerId, excerpt: '明天的\uE000天气\uE001很好', title: 'Tell me' },
    ]);
    expect(await chats.chats.list(chats.ownerId, 'tel')).toMatchObject([
      { excerpt: '\uE000Tel\uE001l me' },
    ]);
    expect(await chats.chats.list(chats.ownerId, '下雨')).toEqual([]);
  });
});

describe('hidden chats', () => {
  test('can be brought back for 30 days, then they are gone', async () => {
    await using chats = await openTestChats();
    const { id } = await chats.chats.create(chats.ownerId, {});
    await chats.chats.remove(chats.ownerId, id);
    await chats.start();
    await chats.clock.advance(29 * dayMs);
    await chats.chats.restore(chats.ownerId, id);
    await chats.chats.remove(chats.ownerId, id);
    await chats.clock.advance(32 * dayMs);
    // The purge is one of the database's queries: what is asked after it sees what it did.
    await expect(chats.chats.restore(chats.ownerId, id)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('presets', () => {
  test('are made, changed and removed', async () => {
    await using chats = await openTestChats();
    const { presets, ownerId } = chats;
    const made = await presets.create(ownerId, { name: 'A', systemPrompt: 'x', parameters: {} });
    const changed = await presets.update(ownerId, made.id, { parameters: { topP: 0.5 } });
    expect(changed).toEqual({ ...made, parameters: { topP: 0.5 } });
    expect(await presets.list(ownerId)).toEqual([changed]);
    await presets.remove(ownerId, made.id);
    await expect(presets.remove(ownerId, made.id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(presets.update(ownerId, made.id, {})).rejects.toMatchObject({ code: 'not-found' });
  });
});
