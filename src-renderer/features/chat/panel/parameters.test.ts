import { expect, test } from 'vitest';
import { mainParameters, parseParameter, samplingParameters, withParameter } from './parameters.ts';

const temperature = mainParameters.find(({ key }) => key === 'temperature');
const topK = samplingParameters.find(({ key }) => key === 'topK');
if (temperature === undefined || topK === undefined) throw new Error('parameters are missing');

test('an empty field means the default of the model', () => {
  expect(parseParameter('  ', temperature)).toEqual({ kind: 'empty' });
});

test('numbers are read with either decimal mark and held to their range', () => {
  expect(parseParameter('0,4', temperature)).toEqual({ kind: 'value', value: 0.4 });
  expect(parseParameter('2.1', temperature)).toEqual({ kind: 'wrong' });
  expect(parseParameter('warm', temperature)).toEqual({ kind: 'wrong' });
});

test('counts are whole numbers', () => {
  expect(parseParameter('40', topK)).toEqual({ kind: 'value', value: 40 });
  expect(parseParameter('40.5', topK)).toEqual({ kind: 'wrong' });
});

test('leaving a parameter to the model removes it instead of setting it to nothing', () => {
  const parameters = withParameter({ temperature: 0.2, topK: 40 }, 'temperature', undefined);
  expect(parameters).toEqual({ topK: 40 });
  expect('temperature' in parameters).toBe(false);
  expect(withParameter(parameters, 'reasoning', 'off')).toEqual({ topK: 40, reasoning: 'off' });
});
