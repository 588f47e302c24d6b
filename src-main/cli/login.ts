import { MillpondError } from '../core/error.ts';
import { askSecret, confirm } from './ask.ts';
import { clientFor } from './connection.ts';
import type { VerbContext } from './verb.ts';

interface LoginOptions {
  readonly name: string;
  readonly yes?: boolean;
}

/**
 * Signs in at a gateway elsewhere and keeps the session in this data folder. A certificate that no
 * public authority vouches for is taken only after its words were shown and confirmed.
 */
export async function login(
  { deps, output }: VerbContext,
  url: string,
  options: LoginOptions,
): Promise<void> {
  const origin = originOf(url);
  const gateway = await deps.remotes.recognise(origin, deps.interrupted);
  if (gateway.words !== undefined) {
    output.remark(`The gateway at ${new URL(origin).host} shows these words:`);
    output.remark(`  ${gateway.words.join(' ')}`);
    output.remark('Its owner sees the same ones under Pool, Fingerprint of this gateway.');
    if (!options.yes && !(await confirm(deps, output, 'Are they the same?'))) {
      throw new MillpondError('cancelled', 'Nobody was signed in');
    }
  }
  const address = { origin, token: '', ...(gateway.http && { http: gateway.http }) };
  const password = await askSecret(deps, 'Password: ');
  if (password === '') throw new MillpondError('invalid-request', 'Give the password');
  const { token } = await clientFor(deps, address).session.signIn({
    name: options.name,
    password,
  });
  await deps.remotes.keep({ origin, token, authority: gateway.authority });
  if (output.isJson) output.json({ signedIn: { url: origin } });
  else {
    output.line(`Signed in at ${origin}.`);
    output.line(`Commands go there while MILLPOND_URL=${origin} is set.`);
  }
}

/** Bare addresses mean https: nothing else is spoken to a gateway elsewhere. */
function originOf(text: string): string {
  const full = text.includes('://') ? text : `https://${text}`;
  if (!URL.canParse(full) || new URL(full).protocol !== 'https:') {
    throw new MillpondError(
      'invalid-request',
      'Give the https address of a gateway, such as https://pool.example.org:8443',
    );
  }
  return new URL(full).origin;
}
