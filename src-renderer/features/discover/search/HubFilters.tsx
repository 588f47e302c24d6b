import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { Chip } from '../../../ui/Chip.tsx';
import { Select } from '../../../ui/Select.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import styles from './HubFilters.module.css';
import { formats, isFiltered, openQuestion, sizes, tasks } from './hub-question.ts';
import type { HubTask } from './hub-question.ts';
import { setFilters, useHubSearch } from './search-store.ts';

const anyTask = 'any';

/** Format, size, task and author. Each acts at once. */
export function HubFilters() {
  const { t } = useTranslation();
  const question = useHubSearch();
  const taskOptions: readonly { value: HubTask | typeof anyTask; label: string }[] = [
    { value: anyTask, label: t('discover.task.any') },
    ...tasks.map((value) => ({ value, label: t(`discover.task.${value}`) })),
  ];
  return (
    <div role="group" aria-label={t('discover.filters')} className={styles['filters']}>
      {formats.map((format) => (
        <Chip
          key={format}
          isActive={question.format === format}
          onClick={() => {
            setFilters({ format: question.format === format ? undefined : format });
          }}
        >
          {format.toUpperCase()}
        </Chip>
      ))}
      <Select
        aria-label={t('discover.size.label')}
        options={sizes.map((value) => ({ value, label: t(`discover.size.${value}`) }))}
        value={question.size}
        onChange={(size) => {
          setFilters({ size });
        }}
      />
      <Select
        aria-label={t('discover.task.label')}
        options={taskOptions}
        value={question.task ?? anyTask}
        onChange={(task) => {
          setFilters({ task: task === anyTask ? undefined : task });
        }}
      />
      <AuthorField author={question.author} />
      {isFiltered(question) && (
        <Button
          variant="quiet"
          size="row"
          onClick={() => {
            const { format, size, task, author } = openQuestion;
            setFilters({ format, size, task, author });
          }}
        >
          {t('common.clear')}
        </Button>
      )}
    </div>
  );
}

function AuthorField({ author }: { readonly author: string }) {
  const { t } = useTranslation();
  return (
    <TextInput
      aria-label={t('discover.author')}
      placeholder={t('discover.anyAuthor')}
      autoComplete="off"
      spellCheck={false}
      className={styles['author']}
      value={author}
      onChange={(event) => {
        setFilters({ author: event.target.value });
      }}
    />
  );
}
