/** When the prices below were looked up. */
export const pricesAsOf = '2026-11-22';

/**
 * Public list prices of providers, in US dollars per million tokens: standard service, text. A section is
 * a provider's preset; a line holds the names of a model, then its tiers:
 *
 *     names | longest prompt, input, cached input, cache write, output ; the next tier
 *
 * A prompt of 0 is any, `-` a rate that the provider does not have. What could not be found, or is charged
 * by more than tokens and prompt length, is left out: an unknown price is better than a wrong one.
 */
export const priceTable = `
[openai]
gpt-3.5-turbo | 0 0.5 - - 1.5
gpt-4 | 0 30 - - 60
gpt-4-turbo | 0 10 - - 30
gpt-4.1 | 0 2 0.5 - 8
gpt-4.1-mini | 0 0.4 0.1 - 1.6
gpt-4.1-nano | 0 0.1 0.025 - 0.4
gpt-4o | 0 2.5 1.25 - 10
gpt-4o-2024-05-13 | 0 5 - - 15
gpt-4o-mini | 0 0.15 0.075 - 0.6
gpt-5 gpt-5-chat gpt-5-codex | 0 1.25 0.125 - 10
gpt-5-mini | 0 0.25 0.025 - 2
gpt-5-nano | 0 0.05 0.005 - 0.4
gpt-5-pro | 0 15 - - 120
gpt-5.1 gpt-5.1-codex gpt-5.1-codex-max gpt-5.1-chat | 0 1.25 0.125 - 10
gpt-5.1-codex-mini gpt-5.1-mini | 0 0.25 0.025 - 2
gpt-5.2 gpt-5.2-chat gpt-5.2-codex | 0 1.75 0.175 - 14
gpt-5.2-pro | 0 21 - - 168
gpt-5.3 gpt-5.3-chat | 0 1.75 0.175 - 14
gpt-5.3-codex | 0 1.75 0.175 - 14
gpt-5.4 | 272000 2.5 0.25 - 15 ; 0 5 0.5 - 22.5
gpt-5.4-mini | 0 0.75 0.075 - 4.5
gpt-5.4-nano | 0 0.2 0.02 - 1.25
gpt-5.4-pro | 272000 30 - - 180 ; 0 60 - - 270
gpt-5.5 gpt-5.5-chat gpt-5.5-codex | 272000 5 0.5 - 30 ; 0 10 1 - 45
gpt-5.5-pro | 272000 30 - - 180 ; 0 60 - - 270
gpt-5.6-luna | 272000 0.2 0.02 0.25 1.2 ; 0 0.4 0.04 0.5 1.8
gpt-5.6-sol gpt-5.6 | 272000 4 0.4 5 20 ; 0 8 0.8 10 30
gpt-5.6-terra | 272000 2 0.2 2.5 12 ; 0 4 0.4 5 18
gpt-6-astra | 272000 10 1 12.5 50 ; 0 20 2 25 75
gpt-6-luna | 272000 0.1 0.01 0.125 0.5 ; 0 0.2 0.02 0.25 0.75
gpt-6-sol | 272000 2 0.2 2.5 10 ; 0 4 0.4 5 15
gpt-6.1-sol | 272000 2 0.1 2.5 10 ; 0 4 0.2 5 15
gpt-6.1-terra | 272000 1 0.05 1.25 5 ; 0 2 0.1 2.5 7.5
o1 | 0 15 7.5 - 60
o1-pro | 0 150 - - 600
o3 | 0 2 0.5 - 8
o3-deep-research | 0 10 2.5 - 40
o3-mini | 0 1.1 0.55 - 4.4
o3-pro | 0 20 - - 80
o4-mini | 0 1.1 0.275 - 4.4
o4-mini-deep-research | 0 2 0.5 - 8
text-embedding-3-large | 0 0.13 - - 0
text-embedding-3-small | 0 0.02 - - 0
text-embedding-ada-002 | 0 0.1 - - 0
[anthropic]
claude-3-5-haiku | 0 0.8 0.08 1 4
claude-3-5-sonnet | 0 3 0.3 3.75 15
claude-3-7-sonnet claude-sonnet-3-7 | 0 3 0.3 3.75 15
claude-3-haiku | 0 0.25 0.03 0.3 1.25
claude-3-opus | 0 15 1.5 18.75 75
claude-fable-5 | 0 10 1 12.5 50
claude-fable-5-1 | 0 10 0.25 12.5 50
claude-fable-5-2 | 0 8 0.2 10 40
claude-haiku-4-5 | 0 1 0.1 1.25 5
claude-haiku-5-5 | 100000 0.1 0.01 0.125 0.5 ; 0 0.5 0.05 0.625 2.5
claude-mythos-5-2 | 0 8 0.2 10 40
claude-opus-4-0 claude-opus-4 | 0 15 1.5 18.75 75
claude-opus-4-1 | 0 15 1.5 18.75 75
claude-opus-4-5 | 0 5 0.5 6.25 25
claude-opus-4-6 | 0 5 0.5 6.25 25
claude-opus-4-7 | 0 5 0.5 6.25 25
claude-opus-4-8 | 0 5 0.5 6.25 25
claude-opus-5 | 0 5 0.5 6.25 25
claude-opus-5-5 | 0 4 0.2 5 20
claude-sonnet-4-0 claude-sonnet-4 | 0 3 0.3 3.75 15
claude-sonnet-4-5 | 200000 3 0.3 3.75 15 ; 0 6 0.6 7.5 22.5
claude-sonnet-4-6 | 0 3 0.3 3.75 15
claude-sonnet-5 | 0 2 0.2 2.5 10
claude-sonnet-5-5 | 0 2 0.1 2.5 10
[gemini]
gemini-2.5-flash | 0 0.3 0.03 - 2.5
gemini-2.5-flash-lite | 0 0.1 0.01 - 0.4
gemini-2.5-pro | 200000 1.25 0.125 - 10 ; 0 2.5 0.25 - 15
gemini-3-flash-preview | 0 0.5 0.05 - 3
gemini-3.1-flash-lite gemini-3.1-flash-lite-preview | 0 0.25 0.025 - 1.5
gemini-3.1-pro-preview gemini-pro-latest | 200000 2 0.2 - 12 ; 0 4 0.4 - 18
gemini-3.5-flash gemini-3.5-flash-preview | 0 1.5 0.15 - 9
gemini-3.5-flash-lite gemini-flash-lite-latest | 0 0.3 0.03 - 2.5
gemini-3.6-flash | 0 0.75 0.075 - 3.75
gemini-3.7-flash | 0 0.75 0.075 - 3.75
gemini-3.8-flash gemini-flash-latest | 0 0.75 0.075 - 3.75
gemini-4-argon gemini-4-argon-preview | 0 2 0.1 - 10
gemini-embedding-001 | 0 0.15 - - 0
gemini-embedding-2 | 0 0.2 - - 0
[deepseek]
deepseek-flash | 0 0.15 0.003 - 0.6
deepseek-v4-flash | 0 0.15 0.003 - 0.6
deepseek-v4-pro | 0 0.66 0.022 - 1.98
[moonshot]
kimi-k2.6 | 0 0.95 0.16 - 4
kimi-k2.7-code | 0 0.95 0.19 - 4
kimi-k2.7-code-highspeed | 0 1.9 0.38 - 8
kimi-k3 | 0 3 0.3 3 15
kimi-k3.1-pro | 0 2 0.2 2 10
kimi-k3.1-pro-highspeed | 0 4 0.2 4 20
[xai]
grok-3 | 0 3 0.75 - 15
grok-3-mini | 0 0.3 0.075 - 0.5
grok-4-0709 grok-4 | 0 3 0.75 - 15
grok-4-1-fast-non-reasoning | 0 0.2 0.05 - 0.5
grok-4-1-fast-reasoning grok-4-1-fast | 0 0.2 0.05 - 0.5
grok-4-fast-non-reasoning | 0 0.2 0.05 - 0.5
grok-4-fast-reasoning grok-4-fast | 0 0.2 0.05 - 0.5
grok-4.20 | 199999 1.25 0.2 - 2.5 ; 0 2.5 0.4 - 5
grok-4.3 | 199999 1.25 0.2 - 2.5 ; 0 2.5 0.4 - 5
grok-4.5 | 199999 2 0.3 - 6 ; 0 4 0.6 - 12
grok-4.6 | 199999 2 0.5 - 6 ; 0 4 1 - 12
grok-4.7 | 199999 2 0.5 - 6 ; 0 4 1 - 12
grok-build-0.1 | 199999 1 0.2 - 2 ; 0 2 0.4 - 4
grok-code-fast-1 | 0 0.2 0.02 - 1.5
[qwen]
qwen3-max | 32000 1.2 0.24 1.5 6 ; 128000 2.4 0.48 3 12 ; 0 3 0.6 3.75 15
qwen3.7-plus | 256000 0.4 0.08 0.5 1.6 ; 0 1.2 0.24 1.5 4.8
qwen3.6-plus | 256000 0.5 0.05 0.625 3 ; 0 2 0.2 2.5 6
qwen-flash | 256000 0.05 0.01 0.063 0.4 ; 0 0.25 0.05 0.313 2
qwen3-coder-plus | 32000 1 0.2 1.25 5 ; 128000 1.8 0.36 2.25 9 ; 256000 3 0.6 3.75 15 ; 0 6 1.2 7.5 60
qwen3-coder-flash | 32000 0.3 0.06 0.375 1.5 ; 128000 0.5 0.1 0.625 2.5 ; 256000 0.8 0.16 1 4 ; 0 1.6 0.32 2 9.6
[glm]
glm-4.5 | 0 0.6 0.11 - 2.2
glm-4.5-air | 0 0.2 0.03 - 1.1
glm-4.5-airx | 0 1.1 0.22 - 4.5
glm-4.5-x | 0 2.2 0.45 - 8.9
glm-4.5v | 0 0.6 0.11 - 1.8
glm-4.6 | 0 0.6 0.11 - 2.2
glm-4.6v | 0 0.3 0.05 - 0.9
glm-4.6v-flashx | 0 0.04 0.004 - 0.4
glm-4.7 | 0 0.6 0.11 - 2.2
glm-4.7-flashx | 0 0.07 0.01 - 0.4
glm-5 | 0 1 0.2 - 3.2
glm-5.1 | 0 1.4 0.26 - 4.4
glm-5.2 | 0 1.4 0.26 - 4.4
glm-5.3 | 0 1.4 0.26 - 4.4
glm-5.3-flash | 0 0.15 0.03 - 0.5
glm-5.3-flashx | 0 0.37 0.075 - 1.25
[mistral]
codestral-2508 | 0 0.3 0.03 - 0.9
codestral-embed | 0 0.15 0.015 - 0
ministral-14b-2512 | 0 0.2 0.02 - 0.2
ministral-3b-2512 | 0 0.1 0.01 - 0.1
ministral-8b-2512 | 0 0.15 0.015 - 0.15
mistral-embed | 0 0.1 - - 0.1
mistral-large-2411 | 0 2 - - 6
mistral-large-2512 | 0 0.5 0.05 - 1.5
mistral-large-4 | 0 0.7 0.07 - 2.1
mistral-medium-2505 mistral-medium-2508 | 0 0.4 0.04 - 2
mistral-medium-3-5 mistral-medium-2604 | 0 1.5 0.15 - 7.5
mistral-medium-latest | 0 1.5 0.15 - 7.5
open-mistral-nemo | 0 0.15 - - 0.15
mistral-small-2603 | 0 0.15 0.015 - 0.6
mistral-small-2506 | 0 0.1 - - 0.3
mistral-small-latest | 0 0.15 0.015 - 0.6
pixtral-large | 0 2 - - 6
[groq]
llama-3.1-8b-instant | 0 0.05 - - 0.08
llama-3.3-70b-versatile | 0 0.59 - - 0.79
meta-llama/llama-4-maverick-17b-128e-instruct | 0 0.2 - - 0.6
meta-llama/llama-4-scout-17b-16e-instruct | 0 0.11 - - 0.34
moonshotai/kimi-k2-instruct moonshotai/kimi-k2-instruct-0905 | 0 1 0.5 - 3
openai/gpt-oss-120b | 0 0.15 0.075 - 0.6
openai/gpt-oss-20b | 0 0.075 0.0375 - 0.3
openai/gpt-oss-safeguard-20b | 0 0.075 0.0375 - 0.3
qwen/qwen3-32b | 0 0.29 - - 0.59
qwen/qwen3.8-27b | 0 0.8 - - 4
[together]
minimaxai/minimax-m3 | 0 0.3 0.06 - 1.2
minimaxai/minimax-m3.1-flash | 0 0.15 0.015 - 0.6
qwen/qwen3.5-9b | 0 0.17 - - 0.25
qwen/qwen3.6-plus | 0 0.5 - - 3
qwen/qwen3.7-max | 0 2.5 0.5 - 7.5
qwen/qwen3.7-plus | 0 0.32 - - 1.28
qwen/qwen3.8-2.4t-a95b | 0 2 0.5 - 6
qwen/qwen3.8-flash | 0 0.15 - - 0.47
deepseek-ai/deepseek-v4-pro-0813 | 0 1.32 0.13 - 3.96
deepseek-ai/deepseek-v4.1-flash deepseek-ai/deepseek-v4.1-flash-1017 | 0 0.3 0.006 - 1.2
meta-llama/llama-3.3-70b-instruct-turbo | 0 0.88 - - 0.88
meta-llama/llama-4-maverick-17b-128e-instruct-fp8 | 0 0.27 - - 0.85
meta-llama/llama-4-scout-17b-16e-instruct | 0 0.18 - - 0.59
moonshotai/kimi-k3 | 0 3 0.3 - 15
moonshotai/kimi-k3.1-pro | 0 2 0.2 - 10
openai/gpt-oss-120b | 0 0.15 - - 0.6
thinkingmachines/inkling | 0 1 0.17 - 4.05
zai-org/glm-5.2 | 0 1.4 0.26 - 4.4
zai-org/glm-5.3 | 0 1.4 0.26 - 4.4
zai-org/glm-5.3-flash | 0 0.15 0.03 - 0.5
`;
