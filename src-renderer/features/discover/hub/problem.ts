/** A failure as the hub's calls and downloads report it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly reason?: string | undefined;
}

/**
 * What repairs a failure: another address of the hub, opening it again, an account, or trying again.
 */
export type Repair = 'endpoint' | 'closed' | 'access' | 'again';

export function repairOf({ reason }: Problem): Repair {
  switch (reason) {
    case 'hub-unreachable':
      return 'endpoint';
    case 'hub-closed':
      return 'closed';
    case 'token-needed':
    case 'token-refused':
    case 'gated-access-needed':
      return 'access';
    default:
      return 'again';
  }
}
