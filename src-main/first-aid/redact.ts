/** What names this very person or machine, and must not be read in a report. */
export interface Private {
  readonly homeFolder: string;
  readonly userName: string;
  readonly hostName: string;
  /** Values that are known to be secret, such as those of variables called TOKEN. */
  readonly secrets: readonly string[];
}

type Rule = readonly [RegExp, string];

/** Hosts that everybody talks to say nothing about anybody. */
const knownHosts = new Set([
  ...['localhost', 'huggingface.co', 'hf-mirror.com', 'api.openai.com', 'api.anthropic.com'],
  ...['openrouter.ai', 'api.groq.com', 'api.mistral.ai', 'api.deepseek.com'],
  'generativelanguage.googleapis.com',
]);

const rules: readonly Rule[] = [
  [/-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g, '[key or certificate]'],
  [/\bmillpond:\/\/\S+/gi, '[link]'],
  [/(https?:\/\/[^\s"'<>]*)?\/?(join|invite)[/#][\w-]+(#[\w-]+)?/gi, '[link]'],
  [/#code=[\w-]+/gi, '#code=[secret]'],
  [/\b(set-)?cookie\b("?\s*[:=]\s*)("[^"]*"|[^\r\n]+)/gi, '$1cookie$2[secret]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 [secret]'],
  [
    /\b((?:[\w-]*?)(?:api[-_]?key|access[-_]?key|token|secret|passwords?|passwd|passphrase|authorization|credential)s?)("?\s*[:=]\s*)(?!\[(?:secret|link|long value|key or)\b)(\[[^\]]*\]|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;)}\]]+)/gi,
    '$1$2[secret]',
  ],
  [/([a-z][a-z\d+.-]*:\/\/)[^\s/@:]*(:[^\s/@]*)?@/gi, '$1[secret]@'],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[secret]'],
  [/\b(?:sk|pk|rk|mp|hf|gsk|xai|ghp|gho|glpat|xox[abp]|AIza)[-_][\w-]{8,}/g, '[secret]'],
  [/\bAIza[\w-]{20,}/g, '[secret]'],
  [/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, '[e-mail]'],
  // What is so long and has no word in it was made by a machine to be kept.
  [/\b(?=[\w+/-]*\d)(?=[\w+/-]*[A-Za-z])[A-Za-z\d+/_]{32,}={0,2}/g, '[long value]'],
];

/** Takes out of a text whatever is secret or names somebody. Pure; the same value becomes the same mark. */
export function createRedactor(about: Private): (text: string) => string {
  const literal = literalRules(about);
  return (text) => {
    const marked = [...literal, ...rules].reduce(
      (rest, [pattern, mark]) => rest.replaceAll(pattern, mark),
      text,
    );
    return withoutHosts(withoutAddresses(marked));
  };
}

function literalRules({ homeFolder, userName, hostName, secrets }: Private): readonly Rule[] {
  const longest = [...new Set(secrets)]
    .filter((secret) => secret.length >= 6)
    .toSorted((a, b) => b.length - a.length);
  return [
    ...longest.map((secret): Rule => [literally(secret), '[secret]']),
    ...(homeFolder.length > 1 ? homeRules(homeFolder) : []),
    ...(hostName.length > 1 ? [[wordly(hostName), '[this machine]'] as const] : []),
    ...(userName.length > 1 && userName !== 'root' ? [[wordly(userName), '[user]'] as const] : []),
  ];
}

/** Also as JSON writes it, where Windows' separators stand twice. */
function homeRules(folder: string): readonly Rule[] {
  return [JSON.stringify(folder).slice(1, -1), folder].map(
    (text) => [literally(text), '~'] as const,
  );
}

const escaped = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
const literally = (text: string): RegExp => new RegExp(escaped(text), 'g');
const wordly = (text: string): RegExp =>
  new RegExp(String.raw`(?<![\w-])${escaped(text)}(?![\w-])`, 'gi');

/** Private and loopback addresses help to help, and lead nobody anywhere. */
function withoutAddresses(text: string): string {
  return text
    .replaceAll(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g, (address) =>
      /^(?:127|10|0|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\./.test(address)
        ? address
        : '[address]',
    )
    .replaceAll(/(?<![\w:])[23][\da-f]{3}(?::[\da-f]{0,4}){2,7}(?![\w:])/gi, '[address]');
}

const localNames = /(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:local|lan|internal|home|corp|ts\.net)\b/gi;

function withoutHosts(text: string): string {
  return text
    .replaceAll(localNames, '[host]')
    .replaceAll(
      /(?<![\w./@-])([a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,})(?=:\d{2,5}\b)/gi,
      (host: string) => (isKnownHost(host) ? host : '[host]'),
    )
    .replaceAll(/(\b[a-z][a-z\d+.-]*:\/\/)([\w.-]+)/gi, (whole, scheme: string, host: string) =>
      isKnownHost(host) ? whole : `${scheme}[host]`,
    )
    .replaceAll(
      /(\b(?:host|hostname|address|endpoint|server)=)"?([\w-]+(?:\.[\w-]+)+)"?/gi,
      (whole, name: string, host: string) => (isKnownHost(host) ? whole : `${name}[host]`),
    );
}

/** Says nothing about anybody: a host of the public, or an address. */
export function isKnownHost(host: string): boolean {
  return knownHosts.has(host.toLowerCase()) || /^[\d.]+$/.test(host);
}

const secretName = /token|secret|passw|api_?key|access_?key|credential|authorization|private/i;

/** Values of variables whose names say that they are secret, and of proxies' passwords. */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || value === '') return [];
    if (secretName.test(name)) return [value];
    const password = URL.parse(value)?.password ?? '';
    return password === '' ? [] : [password, decoded(password)];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A bare percent sign: it is what it is.
  }
}
