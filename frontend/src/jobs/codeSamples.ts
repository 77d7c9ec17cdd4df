// The same call from a shell, from Python and as plain HTTP, to paste as they are. Strings of people are in them: what
// stands in a heredoc with a quoted end is taken letter by letter, and a JSON string is a Python string.
import { isExactNumber, isObject, type Json, stringifyExact } from "@/api/exactJson";

/**
 * In parentheses, so that the shell reads all of it before `read` asks, and forgets the password after. The password goes
 * to curl on its standard input: it is in no process list and no history.
 */
export function curlSample(origin: string, body: Json): string {
  return String.raw`(
  printf 'Email: '; read -r EMAIL
  printf 'Password: '; stty -echo 2>/dev/null
  read -r PASSWORD; stty echo 2>/dev/null; echo
  PASSWORD=$(printf %s "$PASSWORD" |
    sed 's/[\\"]/\\&/g')
  TOKEN=$(printf '{"email": "%s", "password": "%s"}' \
      "$EMAIL" "$PASSWORD" |
    curl -s ${origin}/login \
      -H 'Content-Type: application/json' -d @- |
    sed 's/.*"access_token": *"\([^"]*\)".*/\1/')
  curl -s ${origin}/jobs \
    -H "Authorization: Bearer $TOKEN" \
    -H 'Content-Type: application/json' \
    --data-binary @- <<'JOB'
${stringifyExact(body, 2)}
JOB
)`;
}

export function pythonSample(origin: string, body: Json): string {
  return `import getpass, json
from urllib.request import Request, urlopen

def post(path, body, **headers):
    headers["Content-Type"] = "application/json"
    data = json.dumps(body).encode()
    request = Request(${JSON.stringify(origin)} + path, data, headers)
    with urlopen(request, timeout=30) as response:
        return json.load(response)

token = post("/login", {
    "email": input("Email: "),
    "password": getpass.getpass(),
})["access_token"]
job = ${pythonLiteral(body)}
answer = post("/jobs", job, Authorization="Bearer " + token)
print(answer["id"], answer["state"])`;
}

/** As it goes over the wire; the length is in bytes. */
export function httpSample(origin: string, body: Json): string {
  const { host } = new URL(origin);
  const text = stringifyExact(body, 2);
  return `POST /jobs HTTP/1.1
Host: ${host}
Authorization: Bearer <access token of POST /login>
Content-Type: application/json
Content-Length: ${new TextEncoder().encode(text).length}

${text}`;
}

const INDENT = "    ";

/** A JSON value as Python writes it. Its whole numbers have no limit, and every JSON string is a Python string. */
export function pythonLiteral(value: Json, indent = ""): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || isExactNumber(value)) return String(value);
  const deeper = indent + INDENT;
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const parts = Array.isArray(value)
    ? value.map((item) => pythonLiteral(item, deeper))
    : isObject(value)
      ? Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${pythonLiteral(item, deeper)}`)
      : [];
  if (parts.length === 0) return open + close;
  return `${open}\n${parts.map((part) => `${deeper}${part},\n`).join("")}${indent}${close}`;
}
