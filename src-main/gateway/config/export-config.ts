import { stringify } from 'yaml';
import type { UsageLimits } from '../../contract/limits.ts';
import type { PriceTier } from '../../contract/usage.ts';
import type { ExportedConfiguration, ExportedProvider } from './ports.ts';

const heading = [
  ' A Millpond configuration. Secrets stand as names of variables: set them for the program that reads this.',
  ' What is named here is locked in the window.',
];

/** The state of a gateway as a file that says the same. Holds no secret. */
export function exportConfig(now: ExportedConfiguration): string {
  const { providers, aliases, prices, modelLimits, settings } = now;
  const file = {
    ...(Object.keys(settings).length > 0 && { settings }),
    ...(providers.length > 0 && {
      providers: Object.fromEntries(
        providers.map((provider) => [provider.name, providerText(provider)]),
      ),
    }),
    ...(aliases.length > 0 && {
      aliases: Object.fromEntries(
        aliases.map(({ name, members, mayCrossToCloud }) => [
          name,
          {
            members: members.map(({ model, maxQueueMs }) =>
              maxQueueMs === undefined ? model : { model, maxQueueSeconds: maxQueueMs / 1000 },
            ),
            cloud: mayCrossToCloud,
          },
        ]),
      ),
    }),
    ...(prices.length > 0 && {
      prices: prices.map(({ model, provider, tiers, contributorTiers }) => ({
        model,
        ...(provider !== undefined && { provider }),
        tiers: tiers.map(tierText),
        ...(contributorTiers && { contributorTiers: contributorTiers.map(tierText) }),
      })),
    }),
    ...(modelLimits.length > 0 && {
      modelLimits: Object.fromEntries(
        modelLimits.map(({ model, limits }) => [model, limitsText(limits)]),
      ),
    }),
  };
  const comment = heading.map((line) => `#${line}\n`).join('');
  // What looks like a variable, and is none, has to stay what it is.
  return `${comment}\n${stringify(file, escaped)}`;
}

function providerText(provider: ExportedProvider): object {
  const { name, preset, baseUrl, access, isEnabled, keyCount, names, served } = provider;
  const keys = Array.from({ length: keyCount }, (_, index) => `\${${variableOf(name, index)}}`);
  return {
    preset,
    ...(baseUrl !== undefined && { baseUrl }),
    ...{ access, enabled: isEnabled },
    ...(keys.length > 0 && { keys: new Variables(keys) }),
    ...(Object.keys(names).length > 0 && { names }),
    ...(served !== undefined && { served }),
  };
}

/** Such as `OPENAI_API_KEY`, `OPENAI_API_KEY_2`. */
function variableOf(provider: string, index: number): string {
  const word = provider
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  const base = /^[A-Z]/.test(word) ? word : `PROVIDER_${word}`;
  return `${base.replace(/_+$/, '')}_API_KEY${index === 0 ? '' : `_${(index + 1).toString()}`}`;
}

/** Texts that are variables and are meant to be. */
class Variables {
  readonly texts: readonly string[];

  constructor(texts: readonly string[]) {
    this.texts = texts;
  }
}

function escaped(_key: unknown, value: unknown): unknown {
  if (value instanceof Variables) return value.texts.map((text) => new Verbatim(text));
  if (value instanceof Verbatim) return value.text;
  return typeof value === 'string' ? value.replaceAll('${', () => '$${') : value;
}

class Verbatim {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const dollarsOf = (micros: number): number => micros / 1_000_000;

function tierText(tier: PriceTier): object {
  const { maxInputTokens, inputMicros, cachedInputMicros, cacheWriteMicros, outputMicros } = tier;
  return {
    ...(maxInputTokens > 0 && { maxInputTokens }),
    input: dollarsOf(inputMicros),
    ...(cachedInputMicros !== undefined && { cachedInput: dollarsOf(cachedInputMicros) }),
    ...(cacheWriteMicros !== undefined && { cacheWrite: dollarsOf(cacheWriteMicros) }),
    output: dollarsOf(outputMicros),
  };
}

function limitsText({ spendMicrosPerDay, spendMicrosPerMonth, ...counts }: UsageLimits): object {
  return {
    ...counts,
    ...(spendMicrosPerDay !== undefined && { spendPerDay: dollarsOf(spendMicrosPerDay) }),
    ...(spendMicrosPerMonth !== undefined && { spendPerMonth: dollarsOf(spendMicrosPerMonth) }),
  };
}
