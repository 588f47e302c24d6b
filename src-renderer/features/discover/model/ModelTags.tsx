import { useTranslation } from 'react-i18next';
import type { HubModel } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { licenceName } from '../../../state/licence-name.ts';
import styles from './ModelTags.module.css';

export interface ModelTagsProps {
  readonly author: string;
  /** Undefined until the hub has answered. */
  readonly model: HubModel | undefined;
}

/** Who made it, under which licence, and what it can do as far as that is known. */
export function ModelTags({ author, model }: ModelTagsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { licence, capabilities, trainedContextLength, parameterCount } = model ?? {};
  const abilities = (['tools', 'reasoning', 'vision'] as const).filter(
    (ability) => capabilities?.[ability] === true,
  );
  const tags = [
    ...(parameterCount === undefined ? [] : [format.parameters(parameterCount)]),
    ...abilities.map((ability) => t(`discover.ability.${ability}`)),
    ...(trainedContextLength === undefined
      ? []
      : [t('discover.model.context', { tokens: format.count(trainedContextLength) })]),
  ];
  return (
    <>
      <span>{author}</span>
      <ul aria-label={t('discover.model.tags')} className={styles['tags']}>
        {licence !== undefined && <li className={styles['licence']}>{licenceName(licence)}</li>}
        {tags.map((tag) => (
          <li key={tag} className={styles['tag']}>
            {tag}
          </li>
        ))}
      </ul>
    </>
  );
}
