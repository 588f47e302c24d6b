import { MillpondError } from '../../core/error.ts';
import type { PasswordHasher } from './passwords.ts';
import type { PeopleParts } from './people-parts.ts';
import type { StoredPerson } from './ports.ts';

export const shortestPassword = 10;

/** Passwords of people who have an account here. */
export class Passwords {
  private readonly parts: PeopleParts;
  private readonly hasher: PasswordHasher;

  constructor(parts: PeopleParts, hasher: PasswordHasher) {
    this.parts = parts;
    this.hasher = hasher;
  }

  isSet(personId: string): boolean {
    return this.parts.state.person(personId)?.passwordHash !== undefined;
  }

  /** Whoever has one already must give it: an open window is not enough. Rejects with `forbidden`. */
  async set(
    personId: string,
    { old, password }: { readonly old?: string | undefined; readonly password: string },
  ): Promise<void> {
    const { state, store, logger } = this.parts;
    const person = state.person(personId);
    if (person === undefined) throw new MillpondError('not-found', 'There is no such person here');
    if (password.length < shortestPassword) {
      const message = `A password needs at least ${shortestPassword.toString()} characters`;
      throw new MillpondError('invalid-request', message, { param: 'password' });
    }
    const { passwordHash } = person;
    if (passwordHash !== undefined && !(await this.hasher.matches(old ?? '', passwordHash))) {
      throw new MillpondError('forbidden', 'The old password is not right', {
        param: 'old',
        reason: 'wrong-password',
      });
    }
    const changed: StoredPerson = { ...person, passwordHash: await this.hasher.hash(password) };
    await store.savePerson(changed);
    state.apply({ kind: 'person', person: changed });
    logger.info({ personId }, 'a password was set');
  }

  /** The person behind name and password; an empty name means the owner. Undefined for a wrong one. */
  async verify(name: string, password: string): Promise<StoredPerson | undefined> {
    const person = this.personOf(name);
    const isRight = await this.hasher.matches(password, person?.passwordHash);
    return isRight ? person : undefined;
  }

  /** Whom a name means, as far as limits are concerned; never told to whoever signs in. */
  personOf(name: string): StoredPerson | undefined {
    const { state, ownerId } = this.parts;
    return name === '' ? state.person(ownerId) : state.personNamed(name);
  }
}
