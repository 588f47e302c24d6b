import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export const languages = ['en', 'zh-CN'] as const;
export type Language = (typeof languages)[number];

type Words = Record<string, unknown>;

// `models.en.json` holds the words below `models.`; each page brings its own pair of files. What the
// runtime says in English too stands with the contract.
const files = {
  ...import.meta.glob<{ readonly default: Words }>('./*.json', { eager: true }),
  ...import.meta.glob<{ readonly default: Words }>('../../src-main/contract/words/*.json', {
    eager: true,
  }),
};

function wordsOf(language: Language): Words {
  const suffix = `.${language}.json`;
  const parts = Object.entries(files).flatMap(([path, file]) =>
    path.endsWith(suffix)
      ? [[path.slice(path.lastIndexOf('/') + 1, -suffix.length), file.default] as const]
      : [],
  );
  return Object.fromEntries(parts);
}

/** Loads both languages, which travel with the window, so that switching needs no network. */
export async function startI18n(language: Language): Promise<void> {
  document.documentElement.lang = language;
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: {
      en: { translation: wordsOf('en') },
      'zh-CN': { translation: wordsOf('zh-CN') },
    },
    interpolation: { escapeValue: false }, // React escapes.
    react: { useSuspense: false },
  });
}

export async function changeLanguage(language: Language): Promise<void> {
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

/** The language to show for a preference, given what the browser prefers (most wanted first). */
export function chooseLanguage(
  preference: 'system' | Language,
  wanted: readonly string[],
): Language {
  if (preference !== 'system') return preference;
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'zh') return 'zh-CN';
    if (primary === 'en') return 'en';
  }
  return 'en';
}
