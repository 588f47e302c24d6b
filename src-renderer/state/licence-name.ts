const names: Readonly<Record<string, string>> = {
  'apache-2.0': 'Apache 2.0',
  mit: 'MIT',
  'bsd-3-clause': 'BSD 3-Clause',
  'cc-by-4.0': 'CC BY 4.0',
  'cc-by-sa-4.0': 'CC BY-SA 4.0',
  'cc-by-nc-4.0': 'CC BY-NC 4.0',
  'cc-by-nc-sa-4.0': 'CC BY-NC-SA 4.0',
  openrail: 'OpenRAIL',
  gemma: 'Gemma',
  llama2: 'Llama 2',
  llama3: 'Llama 3',
  'llama3.1': 'Llama 3.1',
  'llama3.2': 'Llama 3.2',
  'llama3.3': 'Llama 3.3',
  llama4: 'Llama 4',
};

/** How a licence is written; the hub names it by a short id. One that is not known stays as it is. */
export function licenceName(id: string): string {
  return names[id.toLowerCase()] ?? id;
}
