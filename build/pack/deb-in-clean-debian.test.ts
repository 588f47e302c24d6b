import { expect, test } from 'vitest';
import { whyNoCleanDebian } from './clean-debian.ts';
import { testPackages } from './test-packages.ts';
import { tryDeb } from './try-deb.ts';

/** It fetches and unpacks a whole system: only when somebody asks for the scenario, not in every run. */
const reason =
  process.env['MILLPOND_HEAVY'] === '1'
    ? whyNoCleanDebian()
    : 'it makes a whole Debian; `npm run scenario -- PACK` asks for it';
const limitMs = 60 * 60_000;

test.skipIf(reason)(
  'PACK: the deb installs in a clean Debian, serves, answers, and leaves without a trace',
  async () => {
    const { deb } = await testPackages();
    const trial = await tryDeb(deb);
    expect(trial.answer).toMatch(/Millpond/);
    expect(trial.exitStatus).toBe(0);
    expect(trial.alsoInstalled).toEqual([]);
    // The comparison sees what there is to see.
    expect(trial.installed).toContain('usr/bin/millpond');
    expect(trial.traces).toEqual([]);
    // dpkg takes an empty folder away with the last package in it, and nobody owns `/opt`.
    expect(trial.gone).toEqual(['opt']);
  },
  limitMs,
);

if (reason !== undefined) console.log(`The deb is not tried in a clean Debian: ${reason}.`);
