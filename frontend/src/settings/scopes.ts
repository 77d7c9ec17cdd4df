import type { Scope } from "@/api/account";

export interface ScopeMeta {
  scope: Scope;
  about: string;
}

/** What a key may do, in the order in which one wants it. Only an administrator can give the last. */
export const SCOPES: readonly ScopeMeta[] = [
  { scope: "jobs:read", about: "Read jobs, kinds, schedules and figures; listen to the socket." },
  { scope: "jobs:write", about: "Submit, retry, cancel, edit and discard jobs." },
  { scope: "worker", about: "Run jobs of your own kinds, and define those kinds." },
  { scope: "admin", about: "All that an administrator can do over the API." },
];

/** The first thing to try with such a key: what its scopes let it do. */
export function trySample(origin: string, scopes: readonly Scope[], key: string): string {
  const first = `export JOBYARD_KEY=${key}\n`;
  const auth = `-H "Authorization: Bearer $JOBYARD_KEY"`;
  const json = "-H 'Content-Type: application/json'";
  if (scopes.includes("jobs:write")) {
    return `${first}curl ${origin}/jobs ${auth} ${json} \\
  -d '{"kind": "demo.sleep", "payload": {"seconds": 5}}'`;
  }
  if (scopes.includes("jobs:read")) return `${first}curl ${origin}/jobs ${auth}`;
  if (scopes.includes("worker")) {
    return `${first}curl ${origin}/worker/claim ${auth} ${json} \\
  -d '{"worker": "my-worker", "kinds": ["my.kind"], "wait_seconds": 30}'`;
  }
  return `${first}curl ${origin}/workers ${auth}`;
}
