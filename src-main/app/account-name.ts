/** Accounts that belong to a computer and not to somebody. */
const nobodys =
  /^(?:root|admin(?:istrator)?|system|user|guest|default|millpond|nobody|daemon|service|localservice|networkservice|.*\$)$/i;
const longestName = 60;

/**
 * What others call the owner until they say something else: the name of their account on this computer.
 * Undefined where that names nobody.
 */
export function accountName(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const account = env['USER'] ?? env['USERNAME'] ?? env['LOGNAME'] ?? '';
  // Windows puts a domain before it.
  const name = account.replace(/^.*\\/, '').replaceAll(/\p{C}/gu, '').trim().slice(0, longestName);
  return name === '' || nobodys.test(name) ? undefined : name;
}
