import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Operation } from "@/api/types";
import { Toasts } from "@/ui/Toasts";
import { resumeOperations } from "./operations";
import { useBulkJobs } from "./useBulkJobs";

const PATIENCE = { timeout: 30_000 };
let operation: Operation;
let asked: string[] = [];
const server = setupServer(
  http.post("*/token/refresh", () =>
    HttpResponse.json({ user: { id: "u" }, access_token: "t", token_type: "Bearer", expires_in: 900 }),
  ),
  http.post("*/jobs/retry", () => HttpResponse.json({ operation }, { status: 202 })),
  http.get("*/operations/:id", () => HttpResponse.json(operation)),
  http.post("*/operations/:id/cancel", () => {
    asked.push("stop");
    operation = { ...operation, state: "cancelled" };
    return HttpResponse.json(operation);
  }),
);
beforeAll(() => server.listen());
beforeEach(() => {
  sessionStorage.clear();
  asked = [];
  operation = {
    id: crypto.randomUUID(),
    verb: "retry",
    state: "running",
    changed: 1_200,
    skipped: 0,
    created_at: "2026-11-24T12:00:00Z",
    finished_at: null,
    error: null,
  };
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

function RetryAll() {
  const bulk = useBulkJobs();
  return (
    <button
      type="button"
      onClick={() => void bulk.run("retry", { filter: { state: ["failed"] }, expected: 12_000 })}
    >
      Retry all
    </button>
  );
}

const client = new QueryClient();
const show = () =>
  render(
    <QueryClientProvider client={client}>
      <RetryAll />
      <Toasts />
    </QueryClientProvider>,
  );

describe("a change of more jobs than a call can wait for", () => {
  it("is followed to its end, which says what failed of it", async () => {
    show();
    await userEvent.click(screen.getByRole("button", { name: "Retry all" }));
    expect(await screen.findByText("Retrying 12,000 jobs", {}, PATIENCE)).toBeInTheDocument();
    expect(screen.getByText("1,200 of about 12,000")).toBeInTheDocument();
    operation = { ...operation, changed: 7_000, skipped: 3 };
    expect(await screen.findByText("7,003 of about 12,000, 3 skipped", {}, PATIENCE)).toBeInTheDocument();
    operation = { ...operation, state: "completed", changed: 11_990, skipped: 10 };
    expect(await screen.findByText("Retried 11,990 jobs", {}, PATIENCE)).toBeInTheDocument();
    expect(screen.getByText("10 had moved on already, or could not be changed.")).toBeInTheDocument();
    expect(sessionStorage.getItem("jobyard.operations")).toBe("[]");
  });

  it("can be stopped, and goes on after a reload until then", async () => {
    sessionStorage.setItem("jobyard.operations", JSON.stringify([{ id: operation.id, expected: null }]));
    show();
    await resumeOperations(client);
    expect(await screen.findByText("1,200 so far", {}, PATIENCE)).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Stop" }));
    await waitFor(() => expect(asked).toEqual(["stop"]), PATIENCE);
    expect(
      await screen.findByText("Stopped: the others are as they were.", {}, PATIENCE),
    ).toBeInTheDocument();
  });
});
