import { act, screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { accept } from "@/api/session";
import type { User } from "@/api/types";
import { useUser } from "@/api/useUser";
import { showScreen } from "@/jobs/showScreen";
import { VerifiedFirst } from "./VerifiedFirst";

const USER = {
  id: "u",
  email: "mara@example.org",
  name: "Mara",
  role: "user",
  email_verified: false,
  created_at: "2026-01-01T00:00:00Z",
} as User;
let rules = { mode: "domain", domain: "example.org" as string | null, mail: true };
const server = setupServer(http.get("*/signup", () => HttpResponse.json(rules)));
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => {
  server.resetHandlers();
  rules = { mode: "domain", domain: "example.org", mail: true };
});
afterAll(() => server.close());

function Page() {
  const user = useUser();
  return user && <VerifiedFirst user={user}>the yard</VerifiedFirst>;
}
const show = (part: Partial<User> = {}) => {
  accept({
    user: { ...USER, ...part },
    access_token: "t",
    token_type: "Bearer",
    expires_in: 900,
  } as never);
  return showScreen("/", { "/": () => <Page /> });
};

describe("an address that is not confirmed", () => {
  it("is confirmed first where the server wants it so, and the page then goes on by itself", async () => {
    let confirmed = false;
    server.use(http.get("*/me", () => HttpResponse.json({ ...USER, email_verified: confirmed })));
    await show();
    expect(await screen.findByRole("heading", { name: "Confirm your address" })).toBeInTheDocument();
    expect(screen.queryByText("the yard")).toBeNull();
    confirmed = true;
    act(() => {
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await waitFor(() => expect(screen.getByText("the yard")).toBeInTheDocument(), { timeout: 30_000 });
  });

  it.each([
    ["where sign-up is open", { mode: "open", domain: null, mail: true }, {}],
    ["where no mail is sent", { mode: "domain", domain: "example.org", mail: false }, {}],
    [
      "for an administrator",
      { mode: "domain", domain: "example.org", mail: true },
      { role: "admin" as const },
    ],
  ])("keeps nobody out %s", async (_where, given, part) => {
    rules = given;
    await show(part);
    expect(await screen.findByText("the yard")).toBeInTheDocument();
  });
});
