import type { UpdateFeed } from './stage.ts';

/**
 * The feed that packages are told to follow, from `MILLPOND_UPDATE_FEED` and `MILLPOND_UPDATE_PUBLIC_KEY`; undefined when
 * neither is set. Throws one sentence for half a feed: such a package could never be updated.
 */
export function updateFeed(
  env: Readonly<Record<string, string | undefined>>,
): UpdateFeed | undefined {
  const [feed, publicKey] = [env['MILLPOND_UPDATE_FEED'], env['MILLPOND_UPDATE_PUBLIC_KEY']];
  if (!feed && !publicKey) return undefined;
  if (!feed || !publicKey) {
    throw new Error('Set both MILLPOND_UPDATE_FEED and MILLPOND_UPDATE_PUBLIC_KEY, or neither.');
  }
  if (!URL.canParse(feed) || new URL(feed).protocol !== 'https:') {
    throw new Error(`MILLPOND_UPDATE_FEED must be an https address, not '${feed}'.`);
  }
  return { feed, publicKey };
}
