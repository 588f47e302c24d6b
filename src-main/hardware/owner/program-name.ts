/** `C:\Games\Elden.exe` and `/opt/elden` are both `elden`. */
export function programName(path: string): string {
  const file = path.split(/[\\/]/).at(-1) ?? path;
  return file.toLowerCase().replace(/\.(exe|app)$/, '');
}
