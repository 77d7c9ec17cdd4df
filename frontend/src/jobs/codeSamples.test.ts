import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseExact } from "@/api/exactJson";
import { curlSample, httpSample, pythonSample } from "./codeSamples";

const ORIGIN = "https://jobs.example.org";
/** Everything that a shell, a heredoc, Python or JSON could take for its own. */
const HOSTILE = [
  'it\'s $(touch /tmp/x) `id` $HOME !! \\ \\n %s "quoted"',
  "\nJOB\nJOB\n)\n",
  "'''\"\"\"\\'\\\"{token}#\\N{BULLET}\u2028\u0000\u007f🚃",
  "<script>&amp;é\t\r",
];
const BODY = parseExact(
  `{"kind": "demo.echo", "payload": {"value": ${JSON.stringify(HOSTILE)}, "id": 9007199254740993, "yes": true, "none": null, "empty": [{}, []], "0.10": -1.5, "it's": ""}}`,
);
/** Written by the stand-ins of curl and of the network: what would have been sent. */
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "samples-"));
  // Answers a sign-in with a token, keeps what it is given for a job.
  writeFileSync(
    join(folder, "curl"),
    `#!/bin/sh
case "$*" in
  *${ORIGIN}/login*) cat > "${folder}/login"; echo '{"user": {}, "access_token": "to.ke-n_1", "expires_in": 900}' ;;
  *${ORIGIN}/jobs*) cat > "${folder}/job"; printf '%s\\n' "$@" > "${folder}/arguments" ;;
esac
`,
  );
  chmodSync(join(folder, "curl"), 0o755);
  writeFileSync(
    join(folder, "sitecustomize.py"),
    `import getpass, io, urllib.request
getpass.getpass = lambda *_: input()
def urlopen(request, timeout):
    name = "login" if request.full_url.endswith("/login") else "job"
    with open("${folder}/" + name, "wb") as file:
        file.write(request.data)
    with open("${folder}/arguments", "w") as file:
        file.write(request.get_header("Authorization") or "")
    return io.BytesIO(b'{"access_token": "to.ke-n_1", "id": "1", "state": "pending"}')
urllib.request.urlopen = urlopen
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const sent = (name: string) => readFileSync(join(folder, name), "utf8");
const PASSWORD = `p"a\\s$s' %s`;

describe("the call to paste", () => {
  it("sends exactly the job from a shell, whatever is in it", () => {
    const script = curlSample(ORIGIN, BODY);
    const ran = spawnSync("sh", ["-c", script], {
      input: `mara@example.org\n${PASSWORD}\n`,
      env: { PATH: `${folder}:${process.env.PATH}` },
      encoding: "utf8",
    });
    expect(ran.stderr).toBe("");
    expect(JSON.parse(sent("login"))).toEqual({ email: "mara@example.org", password: PASSWORD });
    expect(parseExact(sent("job"))).toEqual(BODY);
    expect(sent("arguments")).toContain("Authorization: Bearer to.ke-n_1\n");
  });

  it("sends exactly the job from Python", () => {
    const script = pythonSample(ORIGIN, BODY);
    const ran = spawnSync("python3", ["-c", script], {
      input: `mara@example.org\n${PASSWORD}\n`,
      env: { ...process.env, PYTHONPATH: folder },
      encoding: "utf8",
    });
    expect(ran.stderr).toBe("");
    expect(JSON.parse(sent("login"))).toEqual({ email: "mara@example.org", password: PASSWORD });
    expect(parseExact(sent("job"))).toEqual(BODY);
    expect(sent("arguments")).toBe("Bearer to.ke-n_1");
    expect(ran.stdout).toContain("1 pending");
  });

  it("says the length in bytes over plain HTTP", () => {
    const [head = "", body = ""] = httpSample(ORIGIN, { value: "é🚃" }).split("\n\n");
    expect(head).toContain("Host: jobs.example.org");
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
    expect(JSON.parse(body)).toEqual({ value: "é🚃" });
  });
});
