// Before the first test: one Jobyard for all of them. After the last one it stops, also when tests failed.
import { Stack } from "./stack.ts";

export default async function start(): Promise<() => Promise<void>> {
  const stack = await Stack.start();
  process.env.JOBYARD_E2E_ORIGIN = stack.origin;
  process.env.JOBYARD_E2E_DATA_DIR = stack.dataDir;
  return () => stack.stop("main");
}
