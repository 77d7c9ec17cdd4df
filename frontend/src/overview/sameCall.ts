import type { SubmitJob } from "@/api/types";

/** What 'Submit a demo job' submits. */
export const DEMO_JOB = { kind: "demo.sleep", payload: { seconds: 5 } } as const satisfies SubmitJob;

/**
 * The same in a shell, to paste as it is: it signs in and submits. In parentheses, so that the shell reads all of it
 * before `read` asks, and forgets the password after. The password goes to curl on its standard input: it is in no
 * process list and no history.
 */
export function curlCall(origin: string): string {
  return `(
  printf 'Email: '; read -r EMAIL
  printf 'Password: '; stty -echo 2>/dev/null; read -r PASSWORD; stty echo 2>/dev/null; echo
  PASSWORD=$(printf %s "$PASSWORD" | sed 's/[\\\\"]/\\\\&/g')
  TOKEN=$(printf '{"email": "%s", "password": "%s"}' "$EMAIL" "$PASSWORD" |
    curl -s ${origin}/login -H 'Content-Type: application/json' -d @- |
    sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')
  curl -s ${origin}/jobs \\
    -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -d '${JSON.stringify(DEMO_JOB)}'
)`;
}

export function pythonCall(origin: string): string {
  return `import getpass, json, urllib.request

def post(path, body, **headers):
    request = urllib.request.Request(
        "${origin}" + path,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **headers},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)

credentials = {"email": input("Email: "), "password": getpass.getpass()}
token = post("/login", credentials)["access_token"]
job = post("/jobs", ${JSON.stringify(DEMO_JOB).replace(/([:,])/g, "$1 ")}, Authorization=f"Bearer {token}")
print(job["id"], job["state"])`;
}
