import { beforeEach, describe, expect, it, vi } from "vitest";

const refused = () =>
  Response.json({ title: "Unauthorized", detail: "The token is not good." }, { status: 401 });
const renewed = (token: string) =>
  Response.json({ user: { id: "u1" }, access_token: token, token_type: "Bearer", expires_in: 900 });

/** Stands for the server: answers by path, in order, and notes which token each request had. */
function serve(answers: Record<string, Response[]>) {
  const seen: string[] = [];
  vi.stubGlobal("fetch", async (input: Request | string) => {
    const path = typeof input === "string" ? input : new URL(input.url).pathname;
    const token = typeof input === "string" ? "" : (input.headers.get("Authorization") ?? "");
    seen.push(`${path} ${token}`.trim());
    const answer = answers[path]?.shift();
    if (!answer) throw new TypeError(`nothing serves ${path}`);
    return answer;
  });
  return seen;
}

describe("api client", () => {
  beforeEach(() => vi.resetModules());

  it("renews a refused token once and asks again", async () => {
    const seen = serve({
      "/token/refresh": [renewed("one"), renewed("two")],
      "/jobs/counts": [refused(), Response.json({ pending: 3 })],
    });
    const { api, answer } = await import("./client");
    await expect(answer(api.GET("/jobs/counts"))).resolves.toEqual({ pending: 3 });
    expect(seen).toEqual([
      "/token/refresh",
      "/jobs/counts Bearer one",
      "/token/refresh",
      "/jobs/counts Bearer two",
    ]);
  });

  it("gives up when the new token is refused too", async () => {
    serve({ "/token/refresh": [renewed("one"), renewed("two")], "/jobs/counts": [refused(), refused()] });
    const { api } = await import("./client");
    await expect(api.GET("/jobs/counts")).rejects.toMatchObject({ status: 401 });
  });

  it("is signed out when the cookie is refused", async () => {
    serve({ "/token/refresh": [renewed("one"), refused()], "/jobs/counts": [refused()] });
    const { api } = await import("./client");
    await expect(api.GET("/jobs/counts")).rejects.toMatchObject({ status: 401 });
    const { getSession } = await import("./session");
    expect(getSession().status).toBe("signed-out");
  });

  it("asks for no token to sign in, and takes its 401 as the answer", async () => {
    const seen = serve({ "/login": [refused()] });
    const { api } = await import("./client");
    const body = { email: "mara@example.org", password: "wrong" };
    await expect(api.POST("/login", { body })).rejects.toMatchObject({ status: 401 });
    expect(seen).toEqual(["/login"]);
  });

  it("repeats a filter that has several values", async () => {
    const urls: string[] = [];
    vi.stubGlobal("fetch", async (input: Request | string) => {
      if (typeof input === "string") return renewed("one");
      urls.push(input.url);
      return Response.json({ items: [], next_cursor: null });
    });
    const { api } = await import("./client");
    await api.GET("/jobs", { params: { query: { state: ["failed", "running"] } } });
    expect(new URL(urls[0] ?? "").searchParams.getAll("state")).toEqual(["failed", "running"]);
  });

  it("says so when nothing answers", async () => {
    serve({ "/token/refresh": [renewed("one")] });
    const { api } = await import("./client");
    await expect(api.GET("/jobs/counts")).rejects.toMatchObject({ name: "ApiError", status: 0 });
  });
});
