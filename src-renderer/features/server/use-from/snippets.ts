export const snippetLanguages = ['curl', 'python', 'javascript'] as const;
export type SnippetLanguage = (typeof snippetLanguages)[number];

export interface SnippetFacts {
  /** OpenAI base address, such as `http://127.0.0.1:8484/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  /** False: the snippet reads the key from the environment. */
  readonly keyless: boolean;
}

/** The environment variable in which the snippets look for a key. */
export const keyVariable = 'MILLPOND_API_KEY';

/** A program that can be pasted and run as it is. */
export function snippet(language: SnippetLanguage, facts: SnippetFacts): string {
  switch (language) {
    case 'curl':
      return curl(facts);
    case 'python':
      return python(facts);
    case 'javascript':
      return javascript(facts);
  }
}

function curl({ baseUrl, model, keyless }: SnippetFacts): string {
  const key = keyless ? '' : `  -H "Authorization: Bearer $${keyVariable}" \\\n`;
  const body = `{ "model": ${JSON.stringify(model)}, "messages": [{ "role": "user", "content": "Hello" }] }`;
  return `curl ${baseUrl}/chat/completions \\
  -H "Content-Type: application/json" \\
${key}  -d '${body.replaceAll("'", String.raw`'\''`)}'`;
}

function python({ baseUrl, model, keyless }: SnippetFacts): string {
  const key = keyless ? '"not-needed"' : `os.environ["${keyVariable}"]`;
  return `${keyless ? '' : 'import os\n'}from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(baseUrl)}, api_key=${key})
answer = client.chat.completions.create(
    model=${JSON.stringify(model)},
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.choices[0].message.content)`;
}

function javascript({ baseUrl, model, keyless }: SnippetFacts): string {
  const key = keyless ? '"not-needed"' : `process.env.${keyVariable}`;
  return `import OpenAI from "openai";

const client = new OpenAI({ baseURL: ${JSON.stringify(baseUrl)}, apiKey: ${key} });
const answer = await client.chat.completions.create({
  model: ${JSON.stringify(model)},
  messages: [{ role: "user", content: "Hello" }],
});
console.log(answer.choices[0].message.content);`;
}

export interface CodePiece {
  readonly text: string;
  readonly isString: boolean;
}

/** Cuts code into strings and the rest, for colouring. Joined again it is the same text. */
export function splitStrings(code: string): readonly CodePiece[] {
  return code
    .split(/("(?:[^"\\\n]|\\.)*"|'(?:[^'\\]|\\.)*')/)
    .map((text, index) => ({ text, isString: index % 2 === 1 }))
    .filter((piece) => piece.text !== '');
}
