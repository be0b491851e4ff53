import { realpathSync } from "node:fs";

/** Whether the module of this `import.meta` is the program that was started, and not imported by it. */
export const isMain = ({ filename }) =>
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === filename;
