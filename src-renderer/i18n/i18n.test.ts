import { expect, test } from 'vitest';
import { chooseLanguage } from './i18n.ts';

test('a chosen language wins over the system', () => {
  expect(chooseLanguage('en', ['zh-CN'])).toBe('en');
});

test('the system decides by its most wanted language that exists here', () => {
  expect(chooseLanguage('system', ['de-DE', 'zh-Hant-TW', 'en'])).toBe('zh-CN');
  expect(chooseLanguage('system', ['en-GB', 'zh'])).toBe('en');
  expect(chooseLanguage('system', ['fr'])).toBe('en');
});
