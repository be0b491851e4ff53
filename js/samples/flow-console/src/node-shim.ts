/**
 * What json-schema-to-typescript-lite asks of Node, for the browser: the build puts this in the place of `node:util`,
 * `node:process` and the global `Buffer` (`path` is path-browserify). It reads no files here: definition.ts keeps local references only.
 */
export function isDeepStrictEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** The reference parser asks of everything whether it is one; nothing here is. */
export const Buffer = { isBuffer: () => false };

export default { platform: "browser", env: {}, cwd: () => "/", argv: [] };
