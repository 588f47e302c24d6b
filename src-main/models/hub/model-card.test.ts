import { expect, test } from 'vitest';
import { stripFrontMatter } from './model-card.ts';

test.each([
  ['---\nlicense: mit\n---\n# Model\n\nText', '# Model\n\nText'],
  ['\uFEFF---\r\nlicense: mit\r\n---\r\n# Model', '# Model'],
  ['---\n---\n# Model', '# Model'],
  ['# Model\n\n---\n\nText', '# Model\n\n---\n\nText'],
  ['---\nnever closed', '---\nnever closed'],
  ['---\nlicense: mit\n---', ''],
  ['', ''],
])('strips the front matter of %j', (card, text) => {
  expect(stripFrontMatter(card)).toBe(text);
});
