/** What a person is told when something can't be had or went wrong: one sentence, and no stack trace. */
export class Failure extends Error {}

/** Runs a script's main function: a failure becomes its sentence on stderr and exit code 1. */
export async function asCommand(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Failure ? error.message : `Unexpected: ${error.message}`);
    if (process.env.DEBUG) console.error(error.stack);
    process.exitCode = 1;
  }
}
