// What whoever runs the server does at its command line.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
const WITHIN_MS = 60_000;

/** `./just admin EMAIL`. Its user is one from the next sign-in or reload on, and to the API within a minute. */
export async function makeAdmin(email: string, dataDir = process.env.JOBYARD_E2E_DATA_DIR): Promise<void> {
  if (!dataDir) throw new Error("JOBYARD_E2E_DATA_DIR is not set: stack/start.ts sets it.");
  await promisify(execFile)(`${REPOSITORY}.venv/bin/python`, ["-m", "jobyard.up", "run", "admin", email], {
    cwd: REPOSITORY,
    env: { ...process.env, JOBYARD_DATA_DIR: dataDir },
    timeout: WITHIN_MS,
  });
}
