import { MillpondError } from '../../core/error.ts';
import { tidyName } from './tidy-name.ts';
import { PasswordHasher } from './passwords.ts';
import type { Access, PeopleParts } from './people-parts.ts';
import type { StoredPerson } from './ports.ts';

const shortestPassword = 10;

interface PasswordWish {
  /** The one until now, where there is one. */
  readonly old?: string | undefined;
  readonly password: string;
  /** The session that asks for it; every other one of the person ends. */
  readonly keptSessionId?: string | undefined;
}

/** Passwords of people who have an account here. */
export class Passwords {
  private readonly parts: PeopleParts;
  private readonly access: Access;
  private readonly hasher = new PasswordHasher();
  private isSettingUp = false;

  constructor(parts: PeopleParts, access: Access) {
    this.parts = parts;
    this.access = access;
  }

  isSet(personId: string): boolean {
    return this.parts.state.person(personId)?.passwordHash !== undefined;
  }

  /** Whoever has one already must give it: an open window is not enough. Rejects with `forbidden`. */
  async set(personId: string, wish: PasswordWish): Promise<void> {
    const { state } = this.parts;
    const { old, password, keptSessionId } = wish;
    const person = state.person(personId);
    if (person === undefined) throw new MillpondError('not-found', 'There is no such person here');
    refuseShort(password);
    const { passwordHash } = person;
    if (passwordHash !== undefined && !(await this.hasher.matches(old ?? '', passwordHash))) {
      throw new MillpondError('forbidden', 'The old password is not right', {
        param: 'old',
        reason: 'wrong-password',
      });
    }
    await this.write(person, password);
    // Whoever knew the old one may be signed in with it.
    if (passwordHash !== undefined) await this.access.closeSessions(personId, keptSessionId);
  }

  /** Name and first password of the owner. Rejects with `conflict` when there is one already. */
  async setUp({ name, password }: { readonly name: string; readonly password: string }) {
    const { state, ownerId } = this.parts;
    const owner = state.person(ownerId);
    if (owner === undefined || this.isSet(ownerId) || this.isSettingUp) {
      throw new MillpondError('conflict', 'This gateway has been set up; sign in instead');
    }
    refuseShort(password);
    this.isSettingUp = true;
    try {
      await this.write(owner, password, { name: tidyName(name) || owner.name });
    } finally {
      this.isSettingUp = false;
    }
  }

  /** The person behind name and password; an empty name means the owner. Undefined for a wrong one. */
  async verify(name: string, password: string): Promise<StoredPerson | undefined> {
    const person = this.personOf(name);
    const isRight = await this.hasher.matches(password, person?.passwordHash);
    if (!isRight || person === undefined) return undefined;
    // It may have been changed or taken away while it was checked.
    const latest = this.parts.state.person(person.id);
    return latest?.passwordHash === person.passwordHash ? latest : undefined;
  }

  /** Whom a name means, as far as limits are concerned; never told to whoever signs in. */
  personOf(name: string): StoredPerson | undefined {
    const { state, ownerId } = this.parts;
    return name === '' ? state.person(ownerId) : state.personNamed(name);
  }

  /** For whoever proved in another way that they may; every session of the person ends. */
  async replace(person: StoredPerson, password: string): Promise<StoredPerson> {
    refuseShort(password);
    const changed = await this.write(person, password);
    await this.access.closeSessions(person.id);
    return changed;
  }

  private async write(
    person: StoredPerson,
    password: string,
    change: { readonly name?: string } = {},
  ): Promise<StoredPerson> {
    const { state, store, turns, logger } = this.parts;
    const passwordHash = await this.hasher.hash(password);
    return turns.take(async () => {
      // They may have been renamed, removed or given a new code while that took its time.
      const latest = state.person(person.id);
      if (latest === undefined) {
        throw new MillpondError('not-found', 'There is no such person here');
      }
      const { code, ...rest } = latest;
      const isNewCode = code !== undefined && code.hash !== person.code?.hash;
      const changed = { ...rest, ...change, passwordHash, ...(isNewCode && { code }) };
      await store.savePerson(changed);
      state.apply({ kind: 'person', person: changed });
      logger.info({ personId: person.id }, 'a password was set');
      return changed;
    });
  }
}

function refuseShort(password: string): void {
  if (password.length >= shortestPassword) return;
  const message = `A password needs at least ${shortestPassword.toString()} characters`;
  throw new MillpondError('invalid-request', message, { param: 'password' });
}
