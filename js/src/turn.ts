/** Lets the page have its turn, where the browser promises that ours comes next; elsewhere a wait in a queue would cost more than it is worth. */
export async function turn(): Promise<void> {
  try {
    await (globalThis as { scheduler?: { yield?(): Promise<void> } }).scheduler?.yield?.();
  } catch {
    // The task that we were called in was aborted, or a script has put something else there: our work goes on.
  }
}
