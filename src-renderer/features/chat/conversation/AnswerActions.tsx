import { ChevronDown, CornerDownRight, RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useModels } from '../../../state/models.ts';
import { Button } from '../../../ui/Button.tsx';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, MenuItem } from '../../../ui/Menu.tsx';
import { switchBranch } from '../state/deeds.ts';
import { isForChat } from '../state/model-choice.ts';
import { textOf } from '../state/parts.ts';
import type { SiblingPlace } from '../state/tree.ts';
import type { AssistantMessage } from '../types.ts';
import { BranchSwitcher } from './BranchSwitcher.tsx';
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
  return (
    <div className={styles['actions']}>
      <BranchSwitcher
        place={place}
        onSwitch={(id) => {
          switchBranch(answer.chatId, id);
        }}
      />
      {text !== '' && <CopyButton text={text} label={t('chat.action.copyAnswer')} shape="icon" />}
      <span className={styles['joined']}>
        <Button variant="quiet" size="row" icon={RefreshCw} onClick={deeds.tryAgain}>
          {t('chat.action.again')}
        </Button>
        <AgainWith onChoose={deeds.tryWith} />
      </span>
      {wasCut(answer) && text !== '' && (
        <Button variant="quiet" size="row" icon={CornerDownRight} onClick={deeds.goOn}>
          {t('chat.action.continue')}
        </Button>
      )}
    </div>
  );
}

function AgainWith({ onChoose }: { readonly onChoose: (modelId: string) => void }) {
  const { t } = useTranslation();
  const models = useModels((state) => state.models) ?? [];
  const usable = models.filter((model) => isForChat(model) && model.problem === undefined);
  return (
    <Menu
      align="start"
      trigger={<IconButton size="row" icon={ChevronDown} label={t('chat.action.againWith')} />}
    >
      {usable.map((model) => (
        <MenuItem
          key={model.id}
          onSelect={() => {
            onChoose(model.id);
          }}
        >
          {model.name}
        </MenuItem>
      ))}
    </Menu>
  );
}

/** Failed and interrupted answers offer this in their note already. */
function wasCut(answer: AssistantMessage): boolean {
  return (
    answer.status === 'stopped' ||
    (answer.status === 'done' && answer.receipt?.finishReason === 'length')
  );
}
