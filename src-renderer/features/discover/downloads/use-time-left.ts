import { useTranslation } from 'react-i18next';
import { timeLeft } from './download-words.ts';

/** "about 2 min left"; empty where nobody can tell. */
export function useTimeLeft(seconds: number | undefined): string {
  const { t } = useTranslation();
  const left = timeLeft(seconds);
  if (left === undefined) return '';
  const { unit, hours, minutes } = left;
  return t(`discover.left.${unit}`, { hours, minutes });
}
