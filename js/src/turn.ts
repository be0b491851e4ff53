/** A script may have put something in the place of the browser's `yield` that never settles. */
const longestMs = 50;

/** Lets the page have its turn, where the browser promises that ours comes next; elsewhere a wait in a queue would cost more than it is worth. */
export async function turn(): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await new Promise<void>((go) => {
    timer = setTimeout(go, longestMs);
    askForIt().then(go);
  });
  clearTimeout(timer);
}

async function askForIt(): Promise<void> {
  try {
    await (globalThis as { scheduler?: { yield?(): Promise<void> } }).scheduler?.yield?.();
  } catch {
    // The task that we were called in was aborted, or a script has put something else there: our work goes on.
  }
}
