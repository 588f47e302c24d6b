import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Tooltip } from '../../../ui/Tooltip.tsx';
import type { Attachment, Receipt } from '../types.ts';
import styles from './ReceiptLine.module.css';
import { receiptFigures, stopReasonOf } from './receipt-figures.ts';
import { useAttachmentSummary } from './use-attachment-summary.ts';

export interface ReceiptLineProps {
  readonly receipt: Receipt;
  readonly modelName: string;
  /** Files of the question, which the model has read. */
  readonly attachments: readonly Attachment[];
}

interface Item {
  readonly key: string;
  /** The part that is read first. */
  readonly strong?: string;
  readonly text: string;
}

/**
 * One line under an answer: who answered, where, and how it went. Hover and focus say all of it in a
 * sentence; pressing unfolds what has no room.
 */
export function ReceiptLine(props: ReceiptLineProps) {
  const [isOpen, setOpen] = useState(false);
  const { main, rest } = useItems(props);
  const all = [...main, ...rest];
  const sentence = `${all.map((item) => `${item.strong ?? ''}${withGap(item)}`).join(', ')}.`;
  return (
    <Tooltip text={sentence}>
      <button
        type="button"
        className={styles['receipt']}
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <span className={styles['clip']}>
          <span className={styles['items']}>
            {(isOpen ? all : main).map((item) => (
              <span key={item.key} className={styles['item']}>
                {item.strong !== undefined && <b>{item.strong}</b>}
                {withGap(item)}
                <span className="visually-hidden">, </span>
              </span>
            ))}
          </span>
        </span>
      </button>
    </Tooltip>
  );
}

function withGap({ strong, text }: Item): string {
  if (strong === undefined || text === '') return text;
  return text.startsWith(',') || text.startsWith('，') ? text : ` ${text}`;
}

function useItems({ receipt, modelName, attachments }: ReceiptLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const read = useAttachmentSummary(attachments);
  const figures = receiptFigures(receipt);
  const reason = stopReasonOf(receipt.finishReason);
  const item = (key: string, strong: string): Item => ({
    key,
    strong,
    text: t(`chat.receipt.${key}`),
  });
  const main: Item[] = [
    {
      key: 'model',
      strong: modelName,
      text: t('chat.receipt.machine', { machine: receipt.machine }),
    },
  ];
  if (figures.tokensPerSecond !== undefined) {
    const [value = '', unit = ''] = format.rate(figures.tokensPerSecond).split('\u202f');
    main.push({ key: 'rate', strong: value, text: unit });
  }
  if (figures.firstTokenMs !== undefined) {
    main.push(item('toFirst', format.duration(figures.firstTokenMs)));
  }
  main.push(item('tokens', format.count(figures.completionTokens)));
  if (figures.cachedTokens > 0) main.push(item('cached', format.count(figures.cachedTokens)));
  main.push({
    key: 'reason',
    text: t(`chat.receipt.reason.${reason}`, { reason: receipt.finishReason }),
  });
  if (read !== undefined) main.push({ key: 'read', text: t('chat.receipt.read', { files: read }) });
  const rest: Item[] = [item('prompt', format.count(figures.promptTokens))];
  if (figures.reasoningTokens > 0)
    rest.push(item('reasoning', format.count(figures.reasoningTokens)));
  if (figures.queuedMs >= 1) rest.push(item('queued', format.duration(figures.queuedMs)));
  if (figures.loadMs >= 1) rest.push(item('loading', format.duration(figures.loadMs)));
  return { main, rest };
}
