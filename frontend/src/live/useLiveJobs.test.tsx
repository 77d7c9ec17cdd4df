import { beforeEach, describe, expect, it, vi } from "vitest";
import { jobKeys } from "@/api/jobs";
import { accept } from "@/api/session";
import { showScreen } from "@/jobs/showScreen";
import { FakeServer } from "./FakeServer";
import { retryLive, useLiveJobs } from "./useLiveJobs";

const PATIENCE = { timeout: 30_000 };
const USER = {
  id: "u1",
  email: "mara@example.org",
  name: "Mara",
  role: "user",
  email_verified: true,
  created_at: "2026-01-01T00:00:00Z",
} as const;

function Live() {
  useLiveJobs("u1");
  return null;
}

describe("the live line of the page", () => {
  beforeEach(() => accept({ user: USER, access_token: "t", token_type: "Bearer", expires_in: 900 }));

  it("notes after a cut that long lists may be old", async () => {
    const server = new FakeServer().install();
    const ready = async (lines: number) => {
      await vi.waitFor(() => expect(server.lines).toHaveLength(lines), PATIENCE);
      server.line.open();
      server.line.say({ type: "ready", cursor: "c0" });
    };
    const { queryClient } = await showScreen("/jobs", { "/jobs": () => <Live /> });
    await ready(1);
    const pages = (number: number) => ({
      pages: Array.from({ length: number }, () => ({ items: [], next_cursor: null, readAt: 1, edition: 0 })),
      pageParams: Array.from({ length: number }, () => null),
    });
    const long = jobKeys.list({}, 50);
    queryClient.setQueryData(long, pages(3));
    const cutAt = performance.now();
    server.line.hangUp(1006);
    retryLive();
    await ready(2);
    await vi.waitFor(
      () => expect(queryClient.getQueryData<number>(jobKeys.missedAt)).toBeGreaterThanOrEqual(cutAt),
      PATIENCE,
    );
    expect(queryClient.getQueryState(long)?.isInvalidated).toBe(false);
  });
});
