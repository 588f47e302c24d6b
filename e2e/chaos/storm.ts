export async function runStorm(): Promise<boolean> { return false; }
