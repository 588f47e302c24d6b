/** What an answer with an error says, as far as it was told. */
export interface ToldFailure {
  readonly status: number;
  readonly type?: string | null | undefined;
  readonly code?: string | number | null | undefined;
  readonly message?: string | null | undefined;
}

/** The `reason` of a `rate-limited` failure whose key is used up, and not only too fast. */
export const spentReasons = {
  /** Credit, plan or quota: somebody has to pay, or the next period has to come. */
  quota: 'insufficient_quota',
  /** A quota that each day renews. */
  daily: 'daily_quota',
} as const;

const spentCodes = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'exceeded_current_quota_error',
  'insufficient_balance',
  'insufficient_credits',
  'insufficient_user_quota',
  'credit_balance_too_low',
  'arrearage',
  'allocationquota.freetieronly',
  // Zhipu: the account has run dry.
  '1113',
]);

const spentWords =
  /insufficient[\s_-]*(?:quota|balance|credits?|funds)|exceeded your (?:current|monthly) quota|(?:credit )?balance is (?:too low|not enough)|not enough (?:credits?|balance|quota)|out of credits|payment required|(?:check|update) your (?:plan and )?billing|account is in arrears|余额不足|欠费/i;
const dailyWords = /per[\s_-]?day|daily (?:quota|limit)|requests? a day|\b(?:rpd|tpd)\b/i;
/** Who is only too fast may be told about plans and billing as well. */
const speedWords =
  /per (?:minute|second|hour)|\b(?:rpm|tpm|rps|qps)\b|too many requests|slow down/i;

const quoted = /(?<!\w)'[^']*'(?!\w)|"[^"]*"|`[^`]*`|“[^”]*”|‘[^’]*’|«[^»]*»|「[^」]*」/g;

/**
 * Whether a failure says that the key's quota or credit is used up; undefined where it says something
 * else. A server that breaks (5xx) says nothing about keys.
 */
export function spentReasonOf({ status, type, code, message }: ToldFailure): string | undefined {
  if (status >= 500 || status < 400) return undefined;
  const codes = [type, code].map((each) => String(each ?? '').toLowerCase());
  // A complaint about the question quotes it, and what callers write says nothing about keys.
  const isAboutRequest = status !== 402 && status !== 403 && status !== 429;
  const text = isAboutRequest ? (message ?? '').replaceAll(quoted, '') : (message ?? '');
  const isNamed = status === 402 || codes.some((each) => spentCodes.has(each));
  if (status === 429 && dailyWords.test(text)) return spentReasons.daily;
  if (isNamed) return spentReasons.quota;
  if (!spentWords.test(text) || speedWords.test(text)) return undefined;
  return spentReasons.quota;
}
