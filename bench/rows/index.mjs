/** The rows by the name that `--only` takes, in the order of the table. */
export const rows = {
  sizes: () => import("./sizes.mjs"),
  start: () => import("./start.mjs"),
  warm: () => import("./warm.mjs"),
  cpu: () => import("./cpu.mjs"),
  compat: () => import("./compat.mjs"),
  cold: () => import("./cold.mjs"),
  navigation: () => import("./navigation.mjs"),
  burst: () => import("./burst.mjs"),
  bodies: () => import("./bodies.mjs"),
  many: () => import("./many.mjs"),
  prefetch: () => import("./prefetch.mjs"),
  "row-read": () => import("./row-read.mjs"),
  instructions: () => import("./instructions.mjs"),
};
