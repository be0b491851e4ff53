export async function run() {
  return [{ what: "instructions per native core call", missing: "not built yet" }];
}
