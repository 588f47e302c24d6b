import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerStatus } from '../../../api.ts';
import { useSettings } from '../../../state/settings.ts';
import { PageSection } from '../../../ui/Page.tsx';
import { SegmentedControl } from '../../../ui/SegmentedControl.tsx';
import { Select } from '../../../ui/Select.tsx';
import { Tabs } from '../../../ui/Tabs.tsx';
import { useChatModels } from '../../chat/state/use-chat-models.ts';
import { AuthorityFile } from './AuthorityFile.tsx';
import { snippetModel, snippetModels } from './snippet-model.ts';
import { ToolCard } from './ToolCard.tsx';
import { toolProblem, tools } from './tools.ts';
import type { Tool } from './tools.ts';
import { useWays } from './use-addresses.ts';
import styles from './UseFrom.module.css';
import { WayLine } from './WayLine.tsx';

export interface UseFromSectionProps {
  readonly server: ServerStatus;
}

/** Names that no language changes. */
const names: Readonly<Record<Tool, string>> = {
  ...{ curl: 'curl', python: 'Python', javascript: 'JavaScript', anthropic: 'Anthropic SDK' },
  ...{ 'claude-code': 'Claude Code', codex: 'Codex', continue: 'Continue' },
  ...{ 'open-webui': 'Open WebUI', ollama: 'Ollama', cursor: 'Cursor' },
};

/** What to paste into which program, by a way that has been tried, with a model that exists. */
export function UseFromSection({ server }: UseFromSectionProps) {
  const { t } = useTranslation();
  const ways = useWays(server);
  const [wanted, setWanted] = useState<string>();
  const [tool, setTool] = useState<Tool>('curl');
  const { model, choices, choose } = useSnippetModel();
  const way = ways.find(({ kind }) => kind === wanted) ?? ways[0];
  if (way === undefined) return null;
  return (
    <PageSection
      title={t('server.useItFrom')}
      actions={
        choices.length > 1 && (
          <Select
            aria-label={t('server.snippetModel')}
            value={model}
            options={choices}
            onChange={choose}
          />
        )
      }
    >
      {ways.length > 1 && (
        <div>
          <SegmentedControl
            label={t('use-from.way')}
            value={way.kind}
            options={ways.map(({ kind }) => ({ value: kind, label: t(`use-from.ways.${kind}`) }))}
            onChange={setWanted}
          />
        </div>
      )}
      <WayLine key={way.url} way={way} />
      {way.certificate === 'own' && server.publicCertificate?.kind === 'own' && (
        <AuthorityFile pem={server.publicCertificate.pem} />
      )}
      <div className={styles['tools']}>
        <Tabs
          label={t('server.useItFrom')}
          value={tool}
          onChange={setTool}
          tabs={tools.map((value) => ({
            value,
            label: names[value],
            content: (
              <ToolCard tool={value} {...{ way, model }} problem={toolProblem(value, way)} />
            ),
          }))}
        />
      </div>
      {!way.keyless && <p className={styles['hint']}>{t('use-from.keyHint')}</p>}
    </PageSection>
  );
}

function useSnippetModel() {
  const { t } = useTranslation();
  const defaultModel = useSettings(({ settings }) => settings?.defaultModel);
  const models = useChatModels();
  const [chosen, setChosen] = useState<string>();
  const usable = snippetModels(models);
  const isThere = usable.some(({ id }) => id === chosen);
  return {
    model: (isThere ? chosen : undefined) ?? snippetModel(models, defaultModel),
    choices: usable.map(({ id, name, pool }) => ({
      value: id,
      label: pool === undefined ? name : t('server.modelOfPool', { name, pool: pool.name }),
    })),
    choose: setChosen,
  };
}
