import { expect, test } from 'vitest';
import { spentReasonOf } from './spent-key.ts';

test.each([
  // OpenAI
  {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: 'You exceeded your current quota, please check your plan and billing details.',
  },
  // DeepSeek
  {
    status: 402,
    type: 'unknown_error',
    code: 'invalid_request_error',
    message: 'Insufficient Balance',
  },
  // Moonshot
  {
    status: 429,
    type: 'exceeded_current_quota_error',
    message: 'Your account is suspended, please check your plan and billing details',
  },
  // Anthropic
  {
    status: 400,
    type: 'invalid_request_error',
    message: 'Your credit balance is too low to access the Anthropic API.',
  },
  // OpenRouter
  { status: 402, code: 402, message: 'This request requires more credits' },
  // Zhipu
  { status: 429, code: '1113', message: '余额不足或无可用资源包,请充值。' },
  // DashScope
  {
    status: 400,
    code: 'Arrearage',
    message: 'Access denied, please make sure your account is in good standing.',
  },
])('a key without credit is recognised: $message', (told) => {
  expect(spentReasonOf(told)).toBe('insufficient_quota');
});

test.each([
  'Rate limit reached for gpt-5 on requests per day (RPD): Limit 200, Used 200',
  'Quota exceeded for metric: generate_requests_per_model_per_day',
])('a quota that renews each day is told apart: %s', (message) => {
  expect(spentReasonOf({ status: 429, message })).toBe('daily_quota');
});

test.each([
  {
    status: 429,
    code: 'rate_limit_exceeded',
    message: 'Rate limit reached on tokens per min (TPM): Limit 30000',
  },
  { status: 429, message: 'Too many requests; check your billing for higher limits' },
  { status: 400, code: 'invalid_value', message: 'the balance of the tree is off' },
  { status: 401, code: 'invalid_api_key', message: 'Incorrect API key provided' },
  { status: 503, message: 'insufficient quota of machines' },
  // Words of the question in a complaint about it: one caller must not put a key to rest for all.
  { status: 400, message: "Invalid schema for response_format 'insufficient_quota': no type" },
  { status: 404, message: 'The model `insufficient-balance` does not exist' },
  { status: 422, message: 'tools.0.name: "out of credits" is no name' },
  { status: 400, message: 'Unknown role «余额不足»' },
])('other failures are not mistaken for it: $message', (told) => {
  expect(spentReasonOf(told)).toBeUndefined();
});
