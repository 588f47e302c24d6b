/** A new password as it stands in its two fields. */
export interface NewPassword {
  readonly chosen: string;
  readonly repeated: string;
}

export const emptyPassword: NewPassword = { chosen: '', repeated: '' };

/** Characters that an owner's password has at least. */
export const shortestPassword = 10;

/** Why this password cannot be taken yet; undefined when it can. */
export function passwordProblem({
  chosen,
  repeated,
}: NewPassword): 'short' | 'differs' | undefined {
  if (chosen.length < shortestPassword) return 'short';
  return chosen === repeated ? undefined : 'differs';
}
