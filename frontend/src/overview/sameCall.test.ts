import { describe, expect, it } from "vitest";
import { curlCall, pythonCall } from "./sameCall";

describe("the call to paste", () => {
  it("escapes quotes and backslashes of a password, and finds the token", () => {
    const call = curlCall("https://jobs.example.org");
    expect(call).toContain(String.raw`sed 's/[\\"]/\\&/g'`);
    expect(call).toContain(String.raw`sed 's/.*"access_token": *"\([^"]*\)".*/\1/'`);
    expect(call).toContain("curl -s https://jobs.example.org/jobs \\\n");
    expect(call).toContain(`-d '{"kind":"demo.sleep","payload":{"seconds":5}}'`);
  });

  it("submits the same from Python", () => {
    const call = pythonCall("https://jobs.example.org");
    expect(call).toContain('"https://jobs.example.org" + path');
    expect(call).toContain('post("/jobs", {"kind": "demo.sleep", "payload": {"seconds": 5}}');
  });
});
