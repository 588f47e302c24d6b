import { useVirtualizer } from '@tanstack/react-virtual';
import type { Virtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import type { Conversation as OpenConversation } from '../state/conversation.ts';
import { placesOf } from '../state/tree.ts';
import type { SiblingPlace } from '../state/tree.ts';
import type { Attachment, Message } from '../types.ts';
import { AnswerTurn } from './AnswerTurn.tsx';
import styles from './Conversation.module.css';
import { SpokenStatus } from './SpokenStatus.tsx';
import { useBranchKeys } from './use-branch-keys.ts';
import { useJump } from './use-jump.ts';
import { useStayAtEnd } from './use-stay-at-end.ts';
import { UserTurn } from './UserTurn.tsx';

export interface ConversationProps {
  readonly conversation: OpenConversation;
  readonly branch: readonly Message[];
}

/** This close to its end a conversation counts as read to the end, and follows the answer. */
const endThresholdPx = 48;
/** A picture's frame and the room before it. */
const pictureHeightPx = 248;

/** The turns on screen. Only those near the window exist, so a chat of thousands stays smooth. */
export function Conversation({ conversation, branch }: ConversationProps) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const places = useMemo(
    () => placesOf(conversation.messages, branch),
    [conversation.messages, branch],
  );
  const virtualizer = useTurnVirtualizer(scroller, branch);
  useLayoutEffect(() => {
    virtualizer.scrollToEnd();
  }, [virtualizer]);
  useFollowOwnMessage(branch, () => {
    virtualizer.scrollToEnd();
  });
  useStayAtEnd(
    scroller,
    () => virtualizer.isAtEnd(endThresholdPx),
    () => {
      virtualizer.scrollToEnd();
    },
  );
  useJump(conversation, branch, (index) => {
    virtualizer.scrollToIndex(index, { align: 'start' });
  });
  useBranchKeys(conversation, places);

  return (
    <div className={styles['frame']}>
      <div ref={scroller} className={styles['scroller']}>
        <div
          className={styles['turns']}
          style={{ height: `${String(virtualizer.getTotalSize())}px` }}
        >
          {virtualizer.getVirtualItems().map((item) => (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              className={styles['turn']}
              style={{ transform: `translateY(${String(item.start)}px)` }}
            >
              <Turn message={branch[item.index]} before={branch[item.index - 1]} places={places} />
            </div>
          ))}
        </div>
      </div>
      {!virtualizer.isAtEnd(endThresholdPx) && (
        <Button
          className={styles['toEnd']}
          icon={ArrowDown}
          onClick={() => {
            virtualizer.scrollToEnd();
          }}
        >
          {t('chat.toTheEnd')}
        </Button>
      )}
      <SpokenStatus last={branch.at(-1)} />
    </div>
  );
}

interface TurnProps {
  readonly message: Message | undefined;
  readonly before: Message | undefined;
  readonly places: ReadonlyMap<string, SiblingPlace>;
}

function Turn({ message, before, places }: TurnProps) {
  if (message === undefined) return null;
  const place = places.get(message.id) ?? { index: 0, ids: [message.id] };
  if (message.role === 'user') return <UserTurn message={message} place={place} />;
  return <AnswerTurn answer={message} place={place} attachments={attachmentsOf(before)} />;
}

function useTurnVirtualizer(
  scroller: RefObject<HTMLDivElement | null>,
  branch: readonly Message[],
): Virtualizer<HTMLDivElement, HTMLDivElement> {
  // Its functions read the newest layout on every call, so nothing here may be memoised.
  // eslint-disable-next-line react-hooks/incompatible-library
  return useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: branch.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => branch[index]?.id ?? index,
    estimateSize: (index) => estimatedHeightPx(branch[index]),
    overscan: 4,
    gap: 24,
    paddingStart: 24,
    paddingEnd: 24,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: endThresholdPx,
  });
}

const noAttachments: readonly Attachment[] = [];

function attachmentsOf(question: Message | undefined): readonly Attachment[] {
  return question?.role === 'user' ? question.attachments : noAttachments;
}

/** A first guess; each turn is measured as soon as it is drawn. */
function estimatedHeightPx(message: Message | undefined): number {
  if (message === undefined) return 100;
  const characters =
    message.role === 'user'
      ? message.text.length
      : message.parts.reduce(
          (sum, part) => sum + (part.type === 'text' ? part.text.length : 80),
          0,
        );
  const text = Math.ceil(characters / 85) * 25;
  if (message.role === 'assistant') return 96 + text;
  return 72 + text + (message.attachments.some(({ isImage }) => isImage) ? pictureHeightPx : 0);
}

/** Whoever sends wants to see the answer, wherever the page was scrolled to. */
function useFollowOwnMessage(branch: readonly Message[], toEnd: () => void): void {
  const last = branch.at(-1);
  const seen = useRef(last?.id);
  useEffect(() => {
    if (last?.id === seen.current) return;
    seen.current = last?.id;
    if (last?.role === 'assistant' && last.status === 'waiting') toEnd();
  });
}
