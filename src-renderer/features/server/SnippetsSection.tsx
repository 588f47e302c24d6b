import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerStatus } from '../../api.ts';
import { useModels } from '../../state/models.ts';
import { useSettings } from '../../state/settings.ts';
import { CodeBlock } from '../../ui/CodeBlock.tsx';
import { PageSection } from '../../ui/Page.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { keyVariable, snippet, snippetLanguages, splitStrings } from './snippets.ts';
import type { SnippetLanguage } from './snippets.ts';
import { snippetModel } from './snippet-model.ts';
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
  const model = useModels(({ models }) => snippetModel(models ?? [], defaultModel));
  return (
    <PageSection title={t('server.useItFrom')}>
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
            content: (
              <CodeBlock code={code} title={t(`server.snippetTitle.${value}`)}>
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
            ),
          };
        })}
      />
      {!server.keyless && (
        <p className={styles['hint']}>{t('server.keyHint', { variable: keyVariable })}</p>
      )}
    </PageSection>
  );
}
