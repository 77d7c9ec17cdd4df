import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const navigate = vi.hoisted(() => vi.fn());
vi.mock("@tanstack/react-router", async (original) => ({
  ...(await original<typeof import("@tanstack/react-router")>()),
  useNavigate: () => navigate,
}));

import { jobKeys } from "@/api/jobs";
import { accept } from "@/api/session";
import { sampleJob } from "@/testJob";
import { Toasts } from "@/ui/Toasts";
import Palette from "./Palette";

async function open() {
  const onClose = vi.fn();
  const onHelp = vi.fn();
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  render(
    <QueryClientProvider client={client}>
      <Palette open onClose={onClose} onHelp={onHelp} onSignOut={vi.fn()} />
    </QueryClientProvider>,
  );
  const box = await screen.findByRole("combobox");
  return { box, client, onClose, onHelp, person: userEvent.setup() };
}

/** The option that the combobox says is the active one. */
function active(box: HTMLElement): string {
  const id = box.getAttribute("aria-activedescendant");
  return (id && document.getElementById(id)?.textContent) || "";
}

afterEach(() => {
  window.history.replaceState(null, "", "/");
  vi.unstubAllGlobals();
});

describe("Palette", () => {
  beforeEach(() => navigate.mockReset());

  it("moves by arrows, around both ends, and says which one is active", async () => {
    const { box, person } = await open();
    await person.click(box);
    expect(active(box)).toContain("Overview");
    await person.keyboard("{ArrowDown}");
    expect(active(box)).toContain("Jobs");
    await person.keyboard("{ArrowUp}{ArrowUp}");
    expect(active(box)).toContain("Sign out");
    await person.keyboard("{ArrowDown}");
    expect(active(box)).toContain("Overview");
  });

  it("runs what is found by Enter, and closes first", async () => {
    const { box, person, onClose } = await open();
    await person.type(box, "jobs failed{Enter}");
    expect(onClose).toHaveBeenCalledTimes(1);
    expect(navigate).toHaveBeenCalledWith({ to: "/jobs", search: { state: ["failed"] } });
  });

  it("runs what is clicked", async () => {
    const { person, onHelp } = await open();
    await person.click(screen.getByRole("option", { name: /Keys/ }));
    expect(onHelp).toHaveBeenCalledTimes(1);
  });

  it("retries and copies the job whose page is open by keyboard, and tells when it can't", async () => {
    const job = sampleJob({ state: "failed" });
    window.history.replaceState(null, "", `/app/jobs/${job.id}`);
    const asked: string[] = [];
    vi.stubGlobal("fetch", (request: Request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      return Promise.resolve(Response.json({ detail: "It is gone." }, { status: 409 }));
    });
    const me = {
      id: "u",
      email: "m@example.org",
      name: "",
      role: "user",
      email_verified: true,
      created_at: "",
    };
    accept({ user: me as never, access_token: "t", token_type: "Bearer", expires_in: 900 });
    const { box, person, client, onClose } = await open();
    client.setQueryData(jobKeys.detail(job.id), job);
    render(<Toasts />);
    await person.type(box, "retry this");
    expect(active(box)).toContain("Retry this job");
    await person.keyboard("{Enter}");
    expect(onClose).toHaveBeenCalledTimes(1);
    await waitFor(() => expect(asked).toContain(`POST /jobs/${job.id}/retry`));
    expect(await screen.findByText("The job could not be retried")).toBeInTheDocument();

    await person.clear(box);
    await person.type(box, "copy its{Enter}");
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe(job.id));
  });

  it("says so when nothing is found, and does nothing", async () => {
    const { box, person, onClose } = await open();
    await person.type(box, "zzz{ArrowDown}{Enter}");
    expect(screen.getByText(/Nothing here is called that/)).toBeVisible();
    expect(onClose).not.toHaveBeenCalled();
  });
});
