import { create } from 'zustand';
import { useChats } from './chats.ts';
import { isRunning } from './conversation.ts';
import { sendMessage } from './deeds.ts';
import type { Attachment, Message } from '../types.ts';

/** A message written while an answer runs. One per chat, kept in this window until it goes out. */
export interface MessageInLine {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly model: string;
  /** It goes out when this answer is complete, and continues it. */
  readonly behindId: string;
  /** Why it did not go out; undefined while nothing was tried. */
  readonly error?: unknown;
}

/** By chat id. */
export const useLine = create<Readonly<Record<string, MessageInLine>>>()(() => ({}));

/** Puts a message in line. One that stands there already is made longer. */
export function putInLine(chatId: string, message: MessageInLine): void {
  const first = takeFromLine(chatId);
  const joined =
    first === undefined
      ? message
      : {
          ...message,
          text: `${first.text}\n\n${message.text}`,
          attachments: [...first.attachments, ...message.attachments],
        };
  useLine.setState({ [chatId]: joined });
}

/** Takes the message out of the line, to be sent or written on. */
export function takeFromLine(chatId: string): MessageInLine | undefined {
  const { [chatId]: message, ...others } = useLine.getState();
  if (message !== undefined) useLine.setState(others, true);
  return message;
}

/**
 * What happens to a message behind this answer: `wait` while it is made, `send` when it is whole. Behind
 * one that failed or was stopped it is on `hold`, because the question may no longer make sense.
 */
export function lineVerdict(answer: Message | undefined): 'wait' | 'send' | 'hold' {
  if (answer?.role !== 'assistant' || isRunning(answer)) return 'wait';
  return answer.status === 'done' ? 'send' : 'hold';
}

/** Sends the message that stands in line; it stays there, with the reason, when that fails. */
export async function sendFromLine(chatId: string, parentId: string): Promise<void> {
  const message = takeFromLine(chatId);
  if (message === undefined) return;
  const { text, attachments, model } = message;
  const attachmentIds = attachments.map(({ id }) => id);
  try {
    await sendMessage({ chatId, parentId, text, attachmentIds, model });
  } catch (error) {
    putInLine(chatId, { ...message, error });
  }
}

/** Sends each message in line when its turn comes. Returns the way to stop. */
export function followLine(): () => void {
  return useChats.subscribe(({ open }) => {
    for (const [chatId, { behindId, error }] of Object.entries(useLine.getState())) {
      const verdict = lineVerdict(open[chatId]?.messages[behindId]);
      if (verdict === 'send' && error === undefined) void sendFromLine(chatId, behindId);
    }
  });
}
