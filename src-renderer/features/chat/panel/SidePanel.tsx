import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import type { InstalledModel } from '../types.ts';
import { NumberField } from './NumberField.tsx';
import { mainParameters, samplingParameters, withParameter } from './parameters.ts';
import type { NumberParameter } from './parameters.ts';
import { Presets } from './Presets.tsx';
import { ReasoningField } from './ReasoningField.tsx';
import styles from './SidePanel.module.css';
import { SystemPromptField } from './SystemPromptField.tsx';
import { useChatConfig } from './use-chat-config.ts';

export interface SidePanelProps {
  readonly chatId: string | undefined;
  readonly model: InstalledModel | undefined;
  readonly onClose: () => void;
}

/** How this chat is answered: preset, system prompt, parameters. Everything acts on the next answer. */
export function SidePanel({ chatId, model, onClose }: SidePanelProps) {
  const { t } = useTranslation();
  const config = useChatConfig(chatId);
  const { parameters } = config;
  const numberField = (parameter: NumberParameter) => (
    <NumberField
      key={parameter.key}
      parameter={parameter}
      value={parameters[parameter.key]}
      onChange={(value) => {
        config.change({ parameters: withParameter(parameters, parameter.key, value) });
      }}
    />
  );
  return (
    <div className={styles['panel']}>
      <header className={styles['head']}>
        <h2>{t('chat.panel.title')}</h2>
        <IconButton icon={X} label={t('chat.panel.close')} onClick={onClose} />
      </header>
      <div className={styles['body']}>
        {config.error !== undefined && <ErrorNote error={config.error} />}
        <Presets config={config} />
        <SystemPromptField
          key={chatId ?? 'new'}
          value={config.systemPrompt}
          fallback={model?.systemPrompt ?? ''}
          onChange={(systemPrompt) => {
            config.change({ systemPrompt });
          }}
        />
        {mainParameters.map(numberField)}
        <ReasoningField
          value={parameters.reasoning}
          isSupported={model?.capabilities?.reasoning}
          onChange={(reasoning) => {
            config.change({ parameters: withParameter(parameters, 'reasoning', reasoning) });
          }}
        />
        <h3 className={styles['section']}>{t('chat.panel.sampling')}</h3>
        {samplingParameters.map(numberField)}
      </div>
    </div>
  );
}
