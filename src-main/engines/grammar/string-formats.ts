const date31 = String.raw`(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])`;
const date30 = String.raw`(?:0[469]|11)-(?:0[1-9]|[12]\d|30)`;
const date28 = String.raw`02-(?:0[1-9]|1\d|2[0-8])`;
const leapYear = String.raw`(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)`;
const date = String.raw`(?:\d{4}-(?:${date31}|${date30}|${date28})|${leapYear}-02-29)`;
const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)`;
const clock = String.raw`(?:\d{1,4}H(?:\d{1,2}M)?(?:\d{1,2}S)?|\d{1,4}M(?:\d{1,2}S)?|\d{1,4}S)`;
const byte = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const label = '[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?';
const hex = '[0-9a-f]';
const urlCharacter = "[A-Za-z0-9_.~!$&'()*+,;=:@/-]";

/** Named formats as patterns: everything they match is valid, though not every rarity is offered. */
export const formatPatterns: Readonly<Record<string, string>> = {
  date: `^${date}$`,
  time: `^${time}$`,
  'date-time': `^${date}T${time}$`,
  duration: String.raw`^P(?:\d{1,4}W|\d{1,4}D(?:T${clock})?|T${clock})$`,
  uuid: `^${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}$`,
  email: String.raw`^[a-z0-9_+-]{1,24}(?:\.[a-z0-9_+-]{1,24}){0,4}@${label}(?:\.${label}){0,3}\.[a-z]{2,12}$`,
  hostname: String.raw`^${label}(?:\.${label}){0,4}$`,
  ipv4: String.raw`^${byte}\.${byte}\.${byte}\.${byte}$`,
  ipv6: `^${hex}{1,4}(?::${hex}{1,4}){7}$`,
  uri: String.raw`^[a-z][a-z0-9+.-]{0,15}://${label}(?:\.${label}){0,4}(?::[1-9]\d{0,3})?(?:/${urlCharacter}{0,200})?(?:\?${urlCharacter}{0,200})?$`,
};
