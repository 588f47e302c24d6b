import type { WireDialect } from '../../core/inference.ts';
import { quirksOf } from '../../dialects/openai/client/quirks.ts';
import type { OpenAiQuirks } from '../../dialects/openai/client/quirks.ts';
import { vendorQuirks } from '../../dialects/openai/client/vendors.ts';

/** A company or program whose address and habits are known. */
export interface Preset {
  readonly id: string;
  readonly name: string;
  readonly dialect: WireDialect;
  /** Where the API begins, version included; absent: the person has to say it. */
  readonly baseUrl?: string;
  readonly needsKey: boolean;
  /** Where keys are made. */
  readonly keyUrl?: string;
  /** How a key is sent. */
  readonly keyHeader: 'authorization' | 'api-key' | 'x-api-key';
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of its side of the OpenAI API. */
  readonly quirks: OpenAiQuirks;
  /** In front of every name in its list, and not part of the name. */
  readonly listPrefix?: string;
  /** Asks for the whole list at once. */
  readonly listQuery?: string;
}

const openai = { dialect: 'openai', needsKey: true, keyHeader: 'authorization' } as const;

/** Addresses and habits as the companies document them. */
export const presets: readonly Preset[] = [
  {
    ...openai,
    id: 'openai',
    name: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    keyUrl: 'https://platform.openai.com/api-keys',
    quirks: vendorQuirks.openai,
  },
  {
    id: 'anthropic',
    name: 'Anthropic',
    dialect: 'anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    needsKey: true,
    keyUrl: 'https://platform.claude.com/settings/keys',
    keyHeader: 'x-api-key',
    headers: { 'anthropic-version': '2023-06-01' },
    quirks: quirksOf.openai,
    listQuery: '?limit=1000',
  },
  {
    ...openai,
    id: 'gemini',
    name: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keyUrl: 'https://aistudio.google.com/apikey',
    quirks: vendorQuirks.gemini,
    listPrefix: 'models/',
  },
  {
    ...openai,
    id: 'deepseek',
    name: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com',
    keyUrl: 'https://platform.deepseek.com/api_keys',
    quirks: vendorQuirks.deepseek,
  },
  {
    ...openai,
    id: 'moonshot',
    name: 'Moonshot (Kimi)',
    baseUrl: 'https://api.moonshot.ai/v1',
    keyUrl: 'https://platform.moonshot.ai/console/api-keys',
    quirks: vendorQuirks.moonshot,
  },
  {
    ...openai,
    id: 'xai',
    name: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    keyUrl: 'https://console.x.ai',
    quirks: vendorQuirks.xai,
  },
  {
    ...openai,
    id: 'qwen',
    name: 'Qwen (DashScope)',
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    keyUrl: 'https://modelstudio.console.alibabacloud.com/?tab=dashboard#/api-key',
    quirks: vendorQuirks.qwen,
  },
  {
    ...openai,
    id: 'glm',
    name: 'GLM (Z.ai)',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    keyUrl: 'https://z.ai/manage-apikey/apikey-list',
    quirks: vendorQuirks.glm,
  },
  {
    ...openai,
    id: 'mistral',
    name: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    keyUrl: 'https://console.mistral.ai/api-keys',
    quirks: vendorQuirks.mistral,
  },
  {
    ...openai,
    id: 'groq',
    name: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyUrl: 'https://console.groq.com/keys',
    quirks: vendorQuirks.groq,
  },
  {
    ...openai,
    id: 'together',
    name: 'Together',
    baseUrl: 'https://api.together.xyz/v1',
    keyUrl: 'https://api.together.ai/settings/api-keys',
    quirks: vendorQuirks.together,
  },
  {
    ...openai,
    id: 'openrouter',
    name: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyUrl: 'https://openrouter.ai/settings/keys',
    quirks: vendorQuirks.openrouter,
  },
  {
    ...openai,
    id: 'azure',
    name: 'Azure OpenAI',
    keyUrl: 'https://ai.azure.com',
    keyHeader: 'api-key',
    quirks: vendorQuirks.azure,
  },
  {
    ...openai,
    id: 'ollama',
    name: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    needsKey: false,
    quirks: vendorQuirks.ollama,
  },
  {
    ...openai,
    id: 'custom',
    name: 'OpenAI-compatible',
    needsKey: false,
    quirks: vendorQuirks.custom,
  },
];

const byId = new Map(presets.map((preset) => [preset.id, preset]));

/** A preset that only a newer Millpond knows is at least a server of the OpenAI API. */
export function presetOf(id: string): Preset {
  const preset = byId.get(id) ?? byId.get('custom');
  if (preset === undefined) throw new Error('there is no preset for custom addresses');
  return preset;
}

export function isPreset(id: string): boolean {
  return byId.has(id);
}
