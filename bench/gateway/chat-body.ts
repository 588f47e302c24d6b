/** A question of the size that people ask, for one of the models of the benchmark's provider. */
export function chatBody(
  model: 'instant' | 'paced' | 'either',
  stream: boolean,
  maxTokens = 16,
): object {
  const messages = [{ role: 'user', content: 'What lives in a mill pond?' }];
  return { model, messages, stream, max_tokens: maxTokens };
}
