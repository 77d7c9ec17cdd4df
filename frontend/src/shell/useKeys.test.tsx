import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { useKeys } from "./useKeys";

function Screen({ onNew, onJobs }: { onNew: () => void; onJobs: () => void }) {
  useKeys({ n: onNew, "g j": onJobs });
  return <input aria-label="Search" />;
}

function show() {
  const onNew = vi.fn();
  const onJobs = vi.fn();
  render(<Screen onNew={onNew} onJobs={onJobs} />);
  return { onNew, onJobs, person: userEvent.setup() };
}

describe("useKeys", () => {
  it("hears single keys and pairs", async () => {
    const { onNew, onJobs, person } = show();
    await person.keyboard("n");
    expect(onNew).toHaveBeenCalledTimes(1);
    await person.keyboard("gj");
    expect(onJobs).toHaveBeenCalledTimes(1);
    await person.keyboard("j");
    expect(onJobs).toHaveBeenCalledTimes(1);
  });

  it("rests while one types, and leaves Ctrl to the browser", async () => {
    const { onNew, person } = show();
    await person.type(screen.getByLabelText("Search"), "n");
    await person.click(document.body);
    await person.keyboard("{Control>}n{/Control}");
    expect(onNew).not.toHaveBeenCalled();
  });

  it("rests while a dialog is open", async () => {
    const { onNew, person } = show();
    render(<div role="dialog" aria-label="Keys" />);
    await person.keyboard("n");
    expect(onNew).not.toHaveBeenCalled();
  });
});
