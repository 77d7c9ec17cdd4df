import { describe, expect, it } from "vitest";
import { ApiError } from "./ApiError";
import { explain } from "./explain";

const problem = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });

describe("ApiError", () => {
  it("reads what is wrong with which field", async () => {
    const error = await ApiError.from(
      problem(
        422,
        {
          title: "Unprocessable",
          status: 422,
          detail: "1 field is wrong.",
          errors: [{ pointer: "/payload/url", message: "must be http or https" }, { pointer: 7 }, null],
        },
        { "X-Request-Id": "req-1" },
      ),
    );
    expect(error).toMatchObject({ status: 422, message: "1 field is wrong.", requestId: "req-1" });
    expect(error.errors).toEqual([{ pointer: "/payload/url", message: "must be http or https" }]);
    expect(error.messageFor("/payload/url")).toBe("must be http or https");
    expect(error.messageFor("/kind")).toBeUndefined();
    expect(error.isPassing).toBe(false);
  });

  it("takes Retry-After, and counts the database being away as passing", async () => {
    const error = await ApiError.from(
      problem(503, { detail: "The database is away." }, { "Retry-After": "5" }),
    );
    expect(error.retryAfterSeconds).toBe(5);
    expect(error.isPassing).toBe(true);
    expect(explain(error)).toBe(
      "The server says: the database is away, try again in 5\u00a0s. Running jobs carry on, and submitted ones are safe.",
    );
  });

  it("survives an answer that is not a problem", async () => {
    const html = new Response("<h1>Bad gateway</h1>", {
      status: 502,
      statusText: "Bad Gateway",
      headers: { "Content-Type": "text/html", "Retry-After": "soon" },
    });
    await expect(ApiError.from(html)).resolves.toMatchObject({
      status: 502,
      message: "502 Bad Gateway",
      errors: [],
      retryAfterSeconds: null,
    });
    const broken = new Response("{", {
      status: 500,
      headers: { "Content-Type": "application/problem+json" },
    });
    await expect(ApiError.from(broken)).resolves.toMatchObject({ status: 500, message: "Status 500" });
  });

  it("tells a late answer from none", () => {
    expect(ApiError.unreachable(new DOMException("late", "TimeoutError")).message).toMatch("in time");
    const none = ApiError.unreachable(new TypeError("Failed to fetch"));
    expect(none).toMatchObject({ status: 0, isPassing: true });
    expect(none.message).toMatch("can't be reached");
  });
});
