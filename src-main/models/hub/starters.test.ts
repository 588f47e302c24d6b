import { expect, test } from 'vitest';
import { type HubModelFixture, startTestModelHub } from '../../testing/hub/hub-api.ts';
import { openHub } from '../../testing/hub/open-hub.ts';
import { isRepoName } from './hub-answers.ts';
import type { HubRepo, HubVariant } from './hub-repo.ts';
import { starterEntries, type StarterPurpose } from './starters-data.ts';
import {
  pickStarters,
  shortlistStarters,
  type StarterCandidate,
  type StarterFit,
  type StarterModel,
} from './starters.ts';

const never = new AbortController().signal;
const gb = 1e9;

function variant(id: string, sizeBytes: number, tier: HubVariant['tier']): HubVariant {
  return { id, tier, format: 'gguf', files: [{ path: `${id}.gguf`, sizeBytes }], sizeBytes };
}

/** A model of so many billions, in three sizes. */
function model(name: string, purpose: StarterPurpose, billions: number): StarterModel {
  const repo: HubRepo = {
    repo: `org/${name}`,
    author: 'org',
    name,
    format: 'gguf',
    parameterCount: billions * 1e9,
    downloads: 1,
    isGated: false,
    commit: 'e'.repeat(40),
    pageUrl: '',
    card: '',
    variants: [
      variant('Q2_K', billions * 0.4 * gb, 'small'),
      variant('Q4_K_M', billions * 0.6 * gb, 'balanced'),
      variant('F16', billions * 2 * gb, 'original'),
    ],
  };
  return { entry: { repo: repo.repo, name, purpose, quantization: 'Q4_K_M' }, repo };
}

const models = [
  model('tiny', 'small', 0.6),
  model('quick', 'quick', 3),
  model('round-4', 'all-round', 4),
  model('round-14', 'all-round', 14),
  model('round-30', 'all-round', 30),
  model('eyes', 'vision', 4),
  model('coder', 'code', 7),
  model('thinker', 'reasoning', 8),
  model('giant', 'best', 70),
];

const namesOf = (all: readonly StarterCandidate[]): readonly string[] =>
  all.map(({ entry, variant: { id } }) => `${entry.name}:${id}`);

const fitOf =
  (fits: Readonly<Record<string, StarterFit>>, usual: StarterFit = { verdict: 'fits' }) =>
  ({ entry }: StarterCandidate): StarterFit =>
    fits[entry.name] ?? usual;

test('shortlists per purpose what has room, smaller quantizations where the usual one has none', () => {
  expect(namesOf(shortlistStarters(models, 10 * gb))).toEqual([
    'round-14:Q4_K_M',
    'round-4:Q4_K_M',
    'quick:Q4_K_M',
    'eyes:Q4_K_M',
    'coder:Q4_K_M',
    'thinker:Q4_K_M',
    'tiny:Q4_K_M',
  ]);
  expect(namesOf(shortlistStarters(models, 2 * gb))).toEqual([
    'round-4:Q2_K',
    'quick:Q2_K',
    'eyes:Q2_K',
    'tiny:Q4_K_M',
  ]);
});

test('shortlists the smallest where nothing has room', () => {
  expect(namesOf(shortlistStarters(models, 0.1 * gb))).toEqual(['tiny:Q4_K_M']);
});

test('picks six, one of each purpose, and recommends the most capable all-rounder that fits', () => {
  const picked = pickStarters(shortlistStarters(models, 64 * gb), fitOf({}));
  expect(picked).toHaveLength(6);
  expect(new Set(picked.map(({ entry }) => entry.purpose)).size).toBe(6);
  expect(picked[0]).toMatchObject({ entry: { name: 'round-30' }, isRecommended: true });
  expect(picked.filter(({ isRecommended }) => isRecommended)).toHaveLength(1);
});

test('recommends nothing that answers slower than people read while something else does not', () => {
  const picked = pickStarters(
    shortlistStarters(models, 64 * gb),
    fitOf({
      'round-30': { verdict: 'fits', tokensPerSecond: 2 },
      'round-4': { verdict: 'fits', tokensPerSecond: 20 },
    }),
  );
  expect(picked[0]).toMatchObject({ entry: { name: 'round-4' }, isRecommended: true });
});

test('recommends the quickest where nothing answers as fast as people read', () => {
  const picked = pickStarters(
    shortlistStarters(models, 64 * gb),
    fitOf(
      {
        'round-30': { verdict: 'fits', tokensPerSecond: 0.7 },
        quick: { verdict: 'fits', tokensPerSecond: 5 },
      },
      { verdict: 'fits', tokensPerSecond: 1 },
    ),
  );
  expect(picked[0]).toMatchObject({ entry: { name: 'quick' }, isRecommended: true });
  expect(picked.map(({ entry }) => entry.name)).not.toContain('round-30');
});

test('leaves out what does not fit and has slow ones last', () => {
  const picked = pickStarters(
    shortlistStarters(models, 64 * gb),
    fitOf(
      { tiny: { verdict: 'fits' }, 'round-4': { verdict: 'slow' }, coder: { verdict: 'slow' } },
      { verdict: 'too-big' },
    ),
  );
  expect(picked.map(({ entry, isRecommended }) => [entry.name, isRecommended])).toEqual([
    ['tiny', true],
    ['round-4', false],
    ['coder', false],
  ]);
});

test('shows the smallest without recommending it where nothing fits', () => {
  const picked = pickStarters(
    shortlistStarters(models, 0.1 * gb),
    fitOf({}, { verdict: 'too-big' }),
  );
  expect(picked).toMatchObject([{ entry: { name: 'tiny' }, isRecommended: false }]);
});

test('picks from sizes alone while no fit is known', () => {
  const picked = pickStarters(shortlistStarters(models, 10 * gb), () => undefined);
  expect(picked[0]).toMatchObject({ entry: { name: 'round-14' }, isRecommended: true });
});

test('has real names of repositories, each once, and no size among its data', () => {
  expect(new Set(starterEntries.map(({ repo }) => repo)).size).toBe(starterEntries.length);
  expect(starterEntries.every(({ repo }) => isRepoName(repo))).toBe(true);
  expect(starterEntries.length).toBeGreaterThanOrEqual(14);
});

function fixture(repo: string): HubModelFixture {
  const files = new Map([['m-Q4_K_M.gguf', new TextEncoder().encode(repo)]]);
  return { repo, commit: 'f'.repeat(40), tags: ['gguf'], files };
}

test('asks the hub for each starter, leaves the missing out and asks a day later again', async () => {
  const known = starterEntries.slice(2).map(({ repo }) => fixture(repo));
  await using server = await startTestModelHub({ models: known });
  const { hub } = openHub({ endpoint: server.origin });
  const { starters, freshness } = await hub.starters(never);
  expect(starters.map(({ repo }) => repo.repo).toSorted()).toEqual(
    known.map(({ repo }) => repo).toSorted(),
  );
  expect(freshness).toMatchObject({ endpoint: server.origin, isStale: false });
  expect(server.requests.some(({ url }) => url.includes('README'))).toBe(false);
  server.requests.length = 0;
  await hub.starters(never);
  expect(server.requests).toHaveLength(2); // Only the two that were not there.
});

test('does not ask for one starter after the other when the hub is not there', async () => {
  await using server = await startTestModelHub({ models: [] });
  server.failApi(1000, { status: 503 });
  const { hub } = openHub({ endpoint: server.origin });
  await expect(hub.starters(never)).rejects.toMatchObject({ reason: 'hub-unreachable' });
  expect(server.requests.length).toBeLessThanOrEqual(12);
});
