import { CornerDownRight, RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSettings } from '../../../state/settings.ts';
import { Button } from '../../../ui/Button.tsx';
import { switchBranch } from '../state/deeds.ts';
import { textOf } from '../state/parts.ts';
import type { SiblingPlace } from '../state/tree.ts';
import type { AssistantMessage } from '../types.ts';
import { AgainWith } from './AgainWith.tsx';
import { BranchSwitcher } from './BranchSwitcher.tsx';
import { CopyAction } from './CopyAction.tsx';
import type { AnswerDeeds } from './use-answer-deeds.tsx';
import styles from './Actions.module.css';

export interface AnswerActionsProps {
  readonly answer: AssistantMessage;
  readonly place: SiblingPlace;
  readonly deeds: AnswerDeeds;
}

/** The row under an answer: its other versions, copy, again, go on. */
export function AnswerActions({ answer, place, deeds }: AnswerActionsProps) {
  const { t } = useTranslation();
  const text = textOf(answer.parts);
  const here = useSettings(({ settings }) => settings?.machineName);
  return (
    <div className={styles['actions']}>
      <BranchSwitcher
        place={place}
        onSwitch={(id) => {
          switchBranch(answer.chatId, id);
        }}
      />
      {text !== '' && <CopyAction text={text} label={t('chat.action.copyAnswer')} />}
      {!hasNote(answer, text) && (
        <span className={styles['joined']}>
          <Button variant="quiet" size="row" icon={RefreshCw} onClick={deeds.tryAgain}>
            {t('chat.action.again')}
          </Button>
          <AgainWith onChoose={deeds.tryWith} pin={pinOf(answer, here)} />
        </span>
      )}
      {wasCut(answer) && text !== '' && (
        <Button variant="quiet" size="row" icon={CornerDownRight} onClick={deeds.goOn}>
          {t('chat.action.continue')}
        </Button>
      )}
    </div>
  );
}

/** Only a machine of a pool is worth naming; this one is asked by the model's own name. */
function pinOf({ receipt }: AssistantMessage, here: string | undefined) {
  if (receipt === undefined || receipt.machine === here) return undefined;
  const [model = receipt.model] = receipt.model.split('@');
  return { model, machine: receipt.machine };
}

/** A note above offers to try again already. */
function hasNote(answer: AssistantMessage, text: string): boolean {
  return (
    answer.status === 'failed' ||
    answer.status === 'interrupted' ||
    (answer.status === 'stopped' && text === '')
  );
}

/** Failed and interrupted answers offer this in their note already. */
function wasCut(answer: AssistantMessage): boolean {
  return (
    answer.status === 'stopped' ||
    (answer.status === 'done' && answer.receipt?.finishReason === 'length')
  );
}
