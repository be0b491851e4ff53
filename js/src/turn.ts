/** Lets the page have its turn, where the browser promises that ours comes next; elsewhere a wait in a queue would cost more than it is worth. */
export function turn(): Promise<void> | undefined {
  return (globalThis as { scheduler?: { yield?(): Promise<void> } }).scheduler?.yield?.();
}
