import type { Settings } from '../api.ts';
import { changeLanguage, chooseLanguage } from '../i18n/i18n.ts';
import type { Language } from '../i18n/i18n.ts';

const languageKey = 'millpond.language';

/** The language of the last visit, until the settings arrive. */
export function rememberedLanguage(): Language {
  const stored = localStorage.getItem(languageKey);
  const preference = stored === 'en' || stored === 'zh-CN' ? stored : 'system';
  return chooseLanguage(preference, navigator.languages);
}

export async function applyLanguage(preference: Settings['language']): Promise<void> {
  localStorage.setItem(languageKey, preference);
  await changeLanguage(chooseLanguage(preference, navigator.languages));
}
