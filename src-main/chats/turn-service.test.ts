import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MillpondError } from '../core/error.ts';
import {
  answerOf,
  ask,
  chatInput,
  chunksOf,
  finish,
  head,
  isOver,
  openTestChats,
  says,
  saysThenHangs,
  type TestChats,
  text,
  usageOf,
} from '../testing/open-test-chats.ts';
import { textOf } from './answer-parts.ts';
import type { Message } from './conversation.ts';

/** One pixel. */
const redDot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);

const wordsOf = (chats: TestChats, answerId: string): string =>
  textOf(chunksOf(chats.events, answerId).flatMap(({ parts }) => parts));

describe('sending', () => {
  test('an answer is streamed, stored with its receipt, and its journal goes', async () => {
    await using chats = await openTestChats(
      says(text('Water ', 1), text('turns ', 2), text('stones.', 3), finish()),
    );
    const { chatId, answerId, messageId } = await ask(chats, 'What does a mill do? And why?');
    await chats.until(isOver(answerId));
    const { chat, messages } = await chats.chats.get(chats.ownerId, chatId);
    expect(chat).toMatchObject({
      title: 'What does a mill do?',
      model: 'guide',
      leafId: answerId,
    });
    expect(messages).toMatchObject([
      { id: messageId, role: 'user', parentId: null },
      {
        id: answerId,
        role: 'assistant',
        parentId: messageId,
        status: 'done',
        parts: [{ type: 'text', text: 'Water turns stones.' }],
        receipt: {
          model: 'guide',
          machine: 'Mill',
          usage: usageOf(3),
          timings: { decodeMs: 100 },
          finishReason: 'stop',
        },
      },
    ]);
    expect(wordsOf(chats, answerId)).toBe('Water turns stones.');
    await chats.close();
    expect(readdirSync(chats.journalFolder)).toEqual([]);
  });

  test('the request is that of a person at the keyboard, and keeps the chat together', async () => {
    await using chats = await openTestChats(says(finish()));
    const { answerId } = await ask(chats, 'Hello');
    await chats.until(isOver(answerId));
    expect(chats.models.requests[0]?.envelope).toMatchObject({
      model: 'guide',
      tenant: chats.ownerId,
      caller: 'window',
      priority: 9,
      privacy: 'trusted',
      affinity: { isStrict: false },
    });
  });

  test('the first words go out at once, later ones at most 30 times a second', async () => {
    const words = Array.from({ length: 100 }, (_, index) => text(`w${index} `, index));
    await using chats = await openTestChats(saysThenHangs(...words));
    const { answerId } = await ask(chats, 'Go');
    await chats.until((event) => event.topic === 'chats.chunk');
    expect(wordsOf(chats, answerId)).toBe('w0 ');
    await chats.clock.advance(33);
    await chats.until((event) => event.topic === 'chats.chunk' && event.data.index === 1);
    expect(chunksOf(chats.events, answerId)).toHaveLength(2);
    expect(wordsOf(chats, answerId).trim().split(' ')).toHaveLength(100);
  });

  test('a window that opens in between gets exactly what was published, and the rest as events', async () => {
    await using chats = await openTestChats(
      saysThenHangs(text('one ', 1), text('two ', 2), text('three', 3)),
    );
    const { chatId, answerId } = await ask(chats, 'Count');
    await chats.until((event) => event.topic === 'chats.chunk');
    const early = await answerOf(chats, chatId, answerId);
    expect(early).toMatchObject({ status: 'streaming', chunkCount: 1 });
    await chats.turns.stop(chats.ownerId, chatId, answerId);
    const later = chunksOf(chats.events, answerId).filter(({ index }) => index >= early.chunkCount);
    expect(textOf([...early.parts, ...later.flatMap(({ parts }) => parts)])).toBe('one two three');
  });

  test('the list says which chats are being answered', async () => {
    await using chats = await openTestChats(saysThenHangs(text('…', 1)));
    const { chatId, answerId } = await ask(chats, 'Wait');
    expect(await chats.chats.list(chats.ownerId)).toMatchObject([{ id: chatId, isRunning: true }]);
    await chats.turns.stop(chats.ownerId, chatId, answerId);
    expect(await chats.chats.list(chats.ownerId)).toMatchObject([{ id: chatId, isRunning: false }]);
  });

  test('an empty message, and one behind a running answer, are refused', async () => {
    await using chats = await openTestChats(saysThenHangs());
    await expect(ask(chats, '  ')).rejects.toMatchObject({ code: 'invalid-request' });
    const { chatId, answerId } = await ask(chats, 'Wait');
    await expect(ask(chats, 'More', { chatId, parentId: answerId })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test("nobody reaches into another person's chat", async () => {
    await using chats = await openTestChats(says(finish()));
    const { chatId, answerId } = await ask(chats, 'Mine');
    await chats.until(isOver(answerId));
    const stranger = 'somebody-else';
    const notFound = { code: 'not-found' };
    await expect(chats.chats.get(stranger, chatId)).rejects.toMatchObject(notFound);
    await expect(chats.chats.update(stranger, chatId, {})).rejects.toMatchObject(notFound);
    await expect(chats.chats.remove(stranger, chatId)).rejects.toMatchObject(notFound);
    await expect(chats.chats.restore(stranger, chatId)).rejects.toMatchObject(notFound);
    await expect(chats.chats.export(stranger, chatId, 'json')).rejects.toMatchObject(notFound);
    await expect(chats.turns.stop(stranger, chatId, answerId)).rejects.toMatchObject(notFound);
    await expect(chats.turns.regenerate(stranger, chatId, { answerId })).rejects.toMatchObject(
      notFound,
    );
    await expect(chats.turns.continueAnswer(stranger, chatId, answerId)).rejects.toMatchObject(
      notFound,
    );
    expect(await chats.chats.list(stranger, 'Mine')).toEqual([]);
  });
});

describe('what the model is sent', () => {
  test('the branch, with earlier reasoning, parameters and the system prompt of the chat', async () => {
    await using chats = await openTestChats(
      says({ type: 'reasoning', text: 'Hmm.', tokens: [7] }, text('First.', 1), finish()),
      says(text('Second.', 2), finish()),
    );
    chats.models.systemPrompt = 'The default.';
    const first = await ask(chats, 'One');
    await chats.until(isOver(first.answerId));
    await chats.chats.update(chats.ownerId, first.chatId, {
      systemPrompt: 'Be brief.',
      parameters: { temperature: 0.2, topK: 40, maxTokens: 100, reasoning: 'off' },
    });
    const second = await ask(chats, 'Two', { chatId: first.chatId, parentId: first.answerId });
    await chats.until(isOver(second.answerId));
    expect(chatInput(chats, 0).messages[0]).toEqual({ role: 'system', text: 'The default.' });
    expect(chatInput(chats, 1)).toMatchObject({
      messages: [
        { role: 'system', text: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'One' }] },
        { role: 'assistant', text: 'First.', reasoning: 'Hmm.' },
        { role: 'user', content: [{ type: 'text', text: 'Two' }] },
      ],
      sampling: { temperature: 0.2, topK: 40 },
      maxTokens: 100,
      reasoning: 'off',
    });
  });

  test("the files' text stands fenced and named before what was written", async () => {
    await using chats = await openTestChats(says(finish()));
    const body = new TextEncoder().encode('first\fsecond\fwith ``` inside');
    const file = await chats.attachments.attach(chats.ownerId, '/tmp/no "path".txt', body);
    expect(file).toMatchObject({ name: 'no "path".txt', pages: 3 });
    await chats.attachments.choosePages(chats.ownerId, file.id, '3');
    const { chatId, answerId } = await ask(chats, 'Explain', { attachmentIds: [file.id] });
    await chats.until(isOver(answerId));
    const [message] = chatInput(chats, 0).messages;
    expect(message?.role === 'user' && message.content).toEqual([
      {
        type: 'text',
        text: 'File "no path.txt", pages 3 of 3:\n````\n[Page 3]\nwith ``` inside\n````\n\nExplain',
      },
    ]);
    const { messages } = await chats.chats.get(chats.ownerId, chatId);
    expect(messages[0]).toMatchObject({ attachments: [{ id: file.id, pageRange: '3' }] });
    await expect(chats.attachments.choosePages(chats.ownerId, file.id, '1')).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('a picture goes to the model as a picture, and can be shown again', async () => {
    await using chats = await openTestChats(says(finish()));
    const file = await chats.attachments.attach(chats.ownerId, 'dot.png', redDot);
    expect(file).toMatchObject({ isImage: true, mediaType: 'image/png', characters: 0 });
    const { answerId } = await ask(chats, 'What is this?', { attachmentIds: [file.id] });
    await chats.until(isOver(answerId));
    const url = `data:image/png;base64,${redDot.toString('base64')}`;
    const [message] = chatInput(chats, 0).messages;
    expect(message?.role === 'user' && message.content).toEqual([
      { type: 'image', url },
      { type: 'text', text: 'What is this?' },
    ]);
    expect(await chats.attachments.picture(chats.ownerId, file.id)).toBe(url);
    await expect(chats.attachments.picture('somebody-else', file.id)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('a thought is timed once it is over', async () => {
    await using chats = await openTestChats(async function* () {
      yield head;
      yield { type: 'reasoning', text: 'Let me see', tokens: [1] };
      await chats.clock.sleep(1_500);
      yield text('Yes.', 2);
      yield finish();
    });
    const { chatId, answerId } = await ask(chats, 'Think');
    await chats.until((event) => event.topic === 'chats.chunk');
    await chats.clock.advance(1_500);
    await chats.until(isOver(answerId));
    expect((await answerOf(chats, chatId, answerId)).parts).toEqual([
      { type: 'reasoning', text: 'Let me see', durationMs: 1_500 },
      { type: 'text', text: 'Yes.' },
    ]);
  });

  test('tool calls cut into pieces are put together, parallel ones apart', async () => {
    const call = (index: number, delta: string, id?: string): never =>
      ({
        type: 'tool-call',
        index,
        argumentsDelta: delta,
        ...(id !== undefined && { id, name: `tool-${id}` }),
      }) as never;
    await using chats = await openTestChats(
      says(call(0, '{"a"', 'x'), call(0, ':1}'), call(1, '{}', 'y'), finish()),
    );
    const { chatId, answerId } = await ask(chats, 'Call');
    await chats.until(isOver(answerId));
    expect((await answerOf(chats, chatId, answerId)).parts).toEqual([
      { type: 'tool-call', id: 'x', name: 'tool-x', arguments: '{"a":1}' },
      { type: 'tool-call', id: 'y', name: 'tool-y', arguments: '{}' },
    ]);
  });
});

describe('branches', () => {
  test('another answer and an edited message are branches; the newest leaf of a branch is chosen', async () => {
    await using chats = await openTestChats(
      says(text('A', 1), finish()),
      says(text('B', 2), finish()),
      says(text('C', 3), finish()),
      says(text('D', 4), finish()),
    );
    const first = await ask(chats, 'One');
    await chats.until(isOver(first.answerId));
    const { chatId } = first;
    const again = await chats.turns.regenerate(chats.ownerId, chatId, {
      answerId: first.answerId,
      model: 'other',
    });
    await chats.until(isOver(again.answerId));
    expect(chats.models.requests[1]?.envelope.model).toBe('other');
    await chats.clock.advance(1);
    const deeper = await ask(chats, 'Two', { chatId, parentId: again.answerId });
    await chats.until(isOver(deeper.answerId));
    await chats.clock.advance(1);
    const edited = await ask(chats, 'One, better', { chatId });
    await chats.until(isOver(edited.answerId));
    expect(chatInput(chats, 3).messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'One, better' }] },
    ]);
    const { chat, messages } = await chats.chats.get(chats.ownerId, chatId);
    expect(messages).toHaveLength(7);
    expect(chat).toMatchObject({ leafId: edited.answerId, title: 'One' });
    const back = await chats.chats.update(chats.ownerId, chatId, { leafId: first.messageId });
    expect(back.leafId).toBe(deeper.answerId);
  });
});

describe('stopping and failing', () => {
  test('stop keeps every word that had arrived, and tells what was measured', async () => {
    await using chats = await openTestChats(
      saysThenHangs(text('Half ', 1), { type: 'text', text: 'an', tokens: [2], usage: usageOf(2) }),
    );
    const { chatId, answerId } = await ask(chats, 'Go');
    await chats.until((event) => event.topic === 'chats.chunk');
    await chats.turns.stop(chats.ownerId, chatId, answerId);
    expect(await answerOf(chats, chatId, answerId)).toMatchObject({
      status: 'stopped',
      parts: [{ type: 'text', text: 'Half an' }],
      receipt: { usage: usageOf(2), finishReason: 'stopped' },
    });
  });

  test('stop works while the model is silent', async () => {
    // Hangs, and does not even listen to being stopped.
    await using chats = await openTestChats(async function* () {
      yield head;
      await new Promise(() => {});
    });
    const { chatId, answerId } = await ask(chats, 'Go');
    await chats.turns.stop(chats.ownerId, chatId, answerId);
    expect(await answerOf(chats, chatId, answerId)).toMatchObject({ status: 'stopped', parts: [] });
  });

  test('an error stays with the answer, and so does its text', async () => {
    await using chats = await openTestChats(async function* () {
      yield head;
      yield text('So far', 1);
      await Promise.reject(new MillpondError('engine-crashed', 'The engine stopped; ask again'));
    });
    const { chatId, answerId } = await ask(chats, 'Go');
    await chats.until(isOver(answerId));
    expect(await answerOf(chats, chatId, answerId)).toMatchObject({
      status: 'failed',
      error: { code: 'engine-crashed', message: 'The engine stopped; ask again' },
      parts: [{ type: 'text', text: 'So far' }],
    });
  });

  test('the end of the program interrupts, keeping the text', async () => {
    await using chats = await openTestChats(saysThenHangs(text('Kept', 1)));
    const { chatId, answerId } = await ask(chats, 'Go');
    await chats.until((event) => event.topic === 'chats.chunk');
    await chats.close();
    expect(await answerOf(chats, chatId, answerId)).toMatchObject({
      status: 'interrupted',
      parts: [{ type: 'text', text: 'Kept' }],
    });
  });

  test('removing a chat stops its answer; restoring brings everything back', async () => {
    await using chats = await openTestChats(saysThenHangs(text('Kept', 1)));
    const { chatId, answerId } = await ask(chats, 'Go');
    await chats.until((event) => event.topic === 'chats.chunk');
    await chats.chats.remove(chats.ownerId, chatId);
    await expect(chats.chats.get(chats.ownerId, chatId)).rejects.toMatchObject({
      code: 'not-found',
    });
    await chats.chats.restore(chats.ownerId, chatId);
    expect(await answerOf(chats, chatId, answerId)).toMatchObject({ status: 'stopped' });
  });
});

test('messages added are announced, so that a second window can follow', async () => {
  await using chats = await openTestChats(says(text('Hi', 1), finish()));
  const { answerId, messageId, chatId } = await ask(chats, 'Hello');
  await chats.until(isOver(answerId));
  const announced = chats.events.flatMap((event): Message[] =>
    event.topic === 'chats.message' ? [event.data.message] : [],
  );
  expect(announced.map(({ id }) => id)).toEqual([messageId, answerId]);
  expect(announced[1]).toMatchObject({ status: 'waiting', chunkCount: 0 });
  await chats.until(
    (event) =>
      event.topic === 'chats.changed' &&
      chats.events.indexOf(event) > chats.events.findIndex(isOver(answerId)),
  );
  expect(await chats.chats.list(chats.ownerId)).toMatchObject([{ id: chatId, isRunning: false }]);
});
