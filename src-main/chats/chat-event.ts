import type { ErrorBody } from '../core/error.ts';
import type { AnswerPart, AnswerProgress, AnswerStatus, Message, Receipt } from './conversation.ts';

/** What happened, told to every window of that person. The topics are those of the control contract. */
export type ChatEvent = { readonly personId: string } & (
  | { readonly topic: 'chats.changed'; readonly data: { readonly chatId: string } }
  | {
      readonly topic: 'chats.message';
      readonly data: { readonly chatId: string; readonly message: Message };
    }
  | {
      readonly topic: 'chats.chunk';
      readonly data: {
        readonly chatId: string;
        readonly answerId: string;
        /** Counts the chunk events of this answer from 0, over its continuations too. */
        readonly index: number;
        readonly parts: AnswerPart[];
      };
    }
  | {
      readonly topic: 'chats.answer';
      readonly data: {
        readonly chatId: string;
        readonly answerId: string;
        readonly status: AnswerStatus;
        readonly error?: ErrorBody;
        readonly receipt?: Receipt;
        readonly progress?: AnswerProgress;
      };
    }
);

export type PublishChatEvent = (event: ChatEvent) => void;
