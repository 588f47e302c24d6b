import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerStatus } from '../../api.ts';
import { useSettings } from '../../state/settings.ts';
import { CodeBlock } from '../../ui/CodeBlock.tsx';
import { PageSection } from '../../ui/Page.tsx';
import { Select } from '../../ui/Select.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { useChatModels } from '../chat/state/use-chat-models.ts';
import { keyVariable, snippet, snippetLanguages, splitStrings } from './snippets.ts';
import type { SnippetLanguage } from './snippets.ts';
import { snippetModel, snippetModels } from './snippet-model.ts';
import styles from './SnippetsSection.module.css';

export interface SnippetsSectionProps {
  readonly server: ServerStatus;
}

const names: Readonly<Record<SnippetLanguage, string>> = {
  curl: 'curl',
  python: 'Python',
  javascript: 'JavaScript',
};

/** Programs to paste, with the live address and a model that answers at once if there is one. */
export function SnippetsSection({ server }: SnippetsSectionProps) {
  const { t } = useTranslation();
  const [language, setLanguage] = useState<SnippetLanguage>('curl');
  const defaultModel = useSettings(({ settings }) => settings?.defaultModel);
  const models = useChatModels();
  const [chosen, setChosen] = useState<string>();
  const choices = snippetModels(models);
  const isThere = choices.some(({ id }) => id === chosen);
  const model = (isThere ? chosen : undefined) ?? snippetModel(models, defaultModel);
  return (
    <PageSection
      title={t('server.useItFrom')}
      actions={
        choices.length > 1 && (
          <Select
            aria-label={t('server.snippetModel')}
            value={model}
            options={choices.map(({ id, name, pool }) => ({
              value: id,
              label: pool === undefined ? name : t('server.modelOfPool', { name, pool: pool.name }),
            }))}
            onChange={setChosen}
          />
        )
      }
    >
      <Tabs
        label={t('server.useItFrom')}
        value={language}
        onChange={setLanguage}
        tabs={snippetLanguages.map((value) => {
          const code = snippet(value, {
            baseUrl: server.openaiUrl,
            model,
            keyless: server.keyless,
          });
          return {
            value,
            label: names[value],
            content: <Snippet code={code} title={t(`server.snippetTitle.${value}`)} />,
          };
        })}
      />
      {!server.keyless && (
        <p className={styles['hint']}>{t('server.keyHint', { variable: keyVariable })}</p>
      )}
    </PageSection>
  );
}

function Snippet({ code, title }: { readonly code: string; readonly title: string }) {
  return (
    <CodeBlock code={code} title={title}>
      {splitStrings(code).map((piece, index) =>
        piece.isString ? (
          // Pieces are never reordered.
          <span key={index} className={styles['string']}>
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </CodeBlock>
  );
}
