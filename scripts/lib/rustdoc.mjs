/** How the core's own reference is made, also to see that it can be: private items too, and a warning is a failure. */
export const rustdoc = {
  args: ["doc", "--no-deps", "--document-private-items"],
  env: { RUSTDOCFLAGS: "-D warnings" },
};
