import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

const navigate = vi.hoisted(() => vi.fn());
vi.mock("@tanstack/react-router", async (original) => ({
  ...(await original<typeof import("@tanstack/react-router")>()),
  useNavigate: () => navigate,
}));

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
  return { box, onClose, onHelp, person: userEvent.setup() };
}

/** The option that the combobox says is the active one. */
function active(box: HTMLElement): string {
  const id = box.getAttribute("aria-activedescendant");
  return (id && document.getElementById(id)?.textContent) || "";
}

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

  it("says so when nothing is found, and does nothing", async () => {
    const { box, person, onClose } = await open();
    await person.type(box, "zzz{ArrowDown}{Enter}");
    expect(screen.getByText(/Nothing here is called that/)).toBeVisible();
    expect(onClose).not.toHaveBeenCalled();
  });
});
