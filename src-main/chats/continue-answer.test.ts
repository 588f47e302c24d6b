import { expect, test } from 'vitest';
import {
  answerOf,
  ask,
  chatInput,
  chunksOf,
  finish,
  isOver,
  openTestChats,
  says,
  saysThenHangs,
  testDigest,
  type TestChats,
  text,
  usageOf,
} from '../testing/open-test-chats.ts';

async function cutAnswer(chats: TestChats) {
  const sent = await ask(chats, 'Count');
  await chats.until((event) => event.topic === 'chats.chunk');
  await chats.turns.stop(chats.ownerId, sent.chatId, sent.answerId);
  chats.events.length = 0;
  return sent;
}

test('goes on from the very tokens when the model is the same', async () => {
  await using chats = await openTestChats(
    saysThenHangs(text('one ', 11), text('two ', 12)),
    says(text('three', 13), finish('stop', 1)),
  );
  const { chatId, answerId } = await cutAnswer(chats);
  await chats.turns.continueAnswer(chats.ownerId, chatId, answerId);
  await chats.until(isOver(answerId));
  expect(chatInput(chats, 1).continuation).toEqual({ tokens: [11, 12] });
  expect(chats.models.requests[1]?.envelope.digest).toBe(testDigest);
  const answer = await answerOf(chats, chatId, answerId);
  expect(answer).toMatchObject({
    status: 'done',
    parts: [{ type: 'text', text: 'one two three' }],
    receipt: { usage: { promptTokens: 20, completionTokens: 2 }, finishReason: 'stop' },
  });
  expect(await chats.store.answerTokens(answerId)).toEqual({
    digest: testDigest,
    tokens: [11, 12, 13],
  });
});

test('goes on from the text when the model changed, or when ids were missing', async () => {
  await using chats = await openTestChats(
    saysThenHangs(text('one ', 11)),
    saysThenHangs({ type: 'text', text: 'two ', usage: usageOf(1) }),
    says(text('three', 13), finish()),
  );
  const { chatId, answerId } = await cutAnswer(chats);
  chats.models.knownDigest = 'e'.repeat(64);
  await chats.turns.continueAnswer(chats.ownerId, chatId, answerId);
  await chats.until((event) => event.topic === 'chats.chunk');
  await chats.turns.stop(chats.ownerId, chatId, answerId);
  expect(chatInput(chats, 1).continuation).toEqual({ text: 'one ' });
  chats.models.knownDigest = testDigest;
  chats.events.length = 0;
  await chats.turns.continueAnswer(chats.ownerId, chatId, answerId);
  await chats.until(isOver(answerId));
  expect(chatInput(chats, 2).continuation).toEqual({ text: 'one two ' });
});

test('chunk numbers go on over a continuation', async () => {
  await using chats = await openTestChats(
    saysThenHangs(text('one ', 11)),
    says(text('two', 12), finish()),
  );
  const { chatId, answerId } = await cutAnswer(chats);
  await chats.turns.continueAnswer(chats.ownerId, chatId, answerId);
  await chats.until(isOver(answerId));
  expect(chunksOf(chats.events, answerId).map(({ index }) => index)).toEqual([1]);
});

test('a finished answer, and one that is being continued already, are refused', async () => {
  await using chats = await openTestChats(
    says(text('All.', 1), finish('stop')),
    says(text('Cut', 1), finish('length')),
    saysThenHangs(),
  );
  const whole = await ask(chats, 'One');
  await chats.until(isOver(whole.answerId));
  await expect(
    chats.turns.continueAnswer(chats.ownerId, whole.chatId, whole.answerId),
  ).rejects.toMatchObject({ code: 'conflict' });
  const cut = await ask(chats, 'Two');
  await chats.until(isOver(cut.answerId));
  const twice = await Promise.allSettled([
    chats.turns.continueAnswer(chats.ownerId, cut.chatId, cut.answerId),
    chats.turns.continueAnswer(chats.ownerId, cut.chatId, cut.answerId),
  ]);
  expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});
