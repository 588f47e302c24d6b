import type { Way } from './addresses.ts';
import { keyVariable, snippet } from './snippets.ts';

/** Programs and libraries that can be pointed here. */
export const tools = [
  ...(['curl', 'python', 'javascript', 'anthropic', 'claude-code', 'codex'] as const),
  ...(['continue', 'open-webui', 'ollama', 'cursor'] as const),
] as const;
export type Tool = (typeof tools)[number];

export interface ToolFacts {
  readonly way: Way;
  readonly model: string;
}

/** The file in which a person keeps the certificate of the pools' own authority. */
export const authorityFile = 'millpond-ca.pem';

/** Why a tool cannot come this way, as a key below `use-from.why`; undefined when it can. */
export type ToolProblem = 'needsPublic' | 'needsKeyless' | 'refusesAuthority';

export function toolProblem(tool: Tool, way: Way): ToolProblem | undefined {
  const isOwn = way.certificate === 'own' || way.certificate === 'unknown';
  // Its requests come from its makers' servers.
  if (tool === 'cursor') return way.certificate === 'public' ? undefined : 'needsPublic';
  if (tool === 'ollama' && !way.keyless) return 'needsKeyless';
  return tool === 'continue' && isOwn ? 'refusesAuthority' : undefined;
}

/** What to paste. */
export function toolSnippet(tool: Tool, { way, model }: ToolFacts): string {
  const { url, keyless } = way;
  const baseUrl = `${url}/v1`;
  const code = { baseUrl, model, keyless };
  const ca = way.certificate === 'own' ? authorityFile : undefined;
  const key = keyless ? 'not-needed' : `$${keyVariable}`;
  switch (tool) {
    case 'curl':
      return ca === undefined
        ? snippet('curl', code)
        : snippet('curl', code).replace('curl ', `curl --cacert ${ca} `);
    case 'python':
      return withComment('#', ca, 'SSL_CERT_FILE') + snippet('python', code);
    case 'javascript':
      return withComment('//', ca, 'NODE_EXTRA_CA_CERTS') + snippet('javascript', code);
    case 'anthropic':
      return withComment('#', ca, 'SSL_CERT_FILE') + anthropic(url, model, keyless);
    case 'claude-code':
      return lines([
        ca !== undefined && `export NODE_EXTRA_CA_CERTS=${ca}`,
        `export ANTHROPIC_BASE_URL=${url}`,
        `export ANTHROPIC_AUTH_TOKEN=${key}`,
        `export ANTHROPIC_MODEL=${shellWord(model)}`,
        'claude',
      ]);
    case 'codex':
      return withComment('#', ca, 'SSL_CERT_FILE') + codex(baseUrl, model, keyless);
    case 'continue':
      return lines([
        'name: Millpond',
        'version: 1.0.0',
        'schema: v1',
        'models:',
        `  - name: ${JSON.stringify(model)}`,
        '    provider: openai',
        `    model: ${JSON.stringify(model)}`,
        `    apiBase: ${baseUrl}`,
        `    apiKey: ${keyless ? 'not-needed' : `\${{ secrets.${keyVariable} }}`}`,
      ]);
    case 'open-webui':
      return openWebUi(baseUrl, key, ca);
    case 'ollama':
      return `OLLAMA_HOST=${url} ollama run ${shellWord(model)}`;
    case 'cursor':
      return lines([`Override OpenAI Base URL:  ${baseUrl}`, `Model:  ${model}`]);
  }
}

function anthropic(url: string, model: string, keyless: boolean): string {
  const key = keyless ? '"not-needed"' : `os.environ["${keyVariable}"]`;
  return lines([
    !keyless && 'import os',
    'from anthropic import Anthropic',
    '',
    `client = Anthropic(base_url=${JSON.stringify(url)}, api_key=${key})`,
    'message = client.messages.create(',
    `    model=${JSON.stringify(model)},`,
    '    max_tokens=1024,',
    '    messages=[{"role": "user", "content": "Hello"}],',
    ')',
    'print(next(block.text for block in message.content if block.type == "text"))',
  ]);
}

function codex(baseUrl: string, model: string, keyless: boolean): string {
  return lines([
    `model = ${JSON.stringify(model)}`,
    'model_provider = "millpond"',
    '',
    '[model_providers.millpond]',
    'name = "Millpond"',
    `base_url = ${JSON.stringify(baseUrl)}`,
    'wire_api = "responses"',
    !keyless && `env_key = "${keyVariable}"`,
  ]);
}

/** In a container the machine's own loopback has another name. */
function openWebUi(baseUrl: string, key: string, ca: string | undefined): string {
  const inside = baseUrl.replace('//127.0.0.1', '//host.docker.internal');
  const more = ca === undefined ? [] : [`-v "$PWD/${ca}":/ca.pem`, '-e SSL_CERT_FILE=/ca.pem'];
  return [
    'docker run -d -p 3000:8080',
    ...(inside === baseUrl ? [] : ['--add-host=host.docker.internal:host-gateway']),
    ...more,
    `-e OPENAI_API_BASE_URL=${inside}`,
    `-e OPENAI_API_KEY=${key}`,
    '-v open-webui:/app/backend/data',
    'ghcr.io/open-webui/open-webui:main',
  ].join(' \\\n  ');
}

function withComment(mark: string, ca: string | undefined, variable: string): string {
  return ca === undefined ? '' : `${mark} ${variable}=${ca}\n`;
}

function lines(all: readonly (string | false)[]): string {
  return all.filter((line) => line !== false).join('\n');
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
