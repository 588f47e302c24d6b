import { join } from 'node:path';
import { expect, test } from '../fixtures/test.ts';
import { pageNames } from '../pages/app.ts';

/** Draws the README's pictures: `MILLPOND_SCREENSHOTS=1 npm run e2e -- screenshots`. */
test.skip(
  process.env['MILLPOND_SCREENSHOTS'] !== '1',
  'draws pictures only when MILLPOND_SCREENSHOTS=1',
);

const folder = join(import.meta.dirname, '..', '..', 'resources', 'screenshots');
const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 400, height: 800 } } as const;

for (const theme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(sizes)) {
    test(`pictures of every page, ${theme}, ${size}`, async ({ app, page, runtime }) => {
      await runtime.control.settings.update({ theme });
      await page.setViewportSize(viewport);
      await app.open('Chat');
      await app.chat.choose('Guide');
      await app.chat.ask('What is Millpond?');
      for (const name of pageNames) {
        if (name !== 'Chat') await app.open(name);
        const file = `${name.toLowerCase().replace(' ', '-')}-${theme}-${size}.png`;
        await page.screenshot({ path: join(folder, file), animations: 'disabled' });
      }
      expect(page.viewportSize()).toEqual(viewport);
    });
  }
}
