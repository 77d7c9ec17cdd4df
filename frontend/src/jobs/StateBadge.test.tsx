import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { StateBadge } from "./StateBadge";
import { STATE_META, STATES } from "./stateMeta";

describe("StateBadge", () => {
  it.each(STATES)("says %s in a word, and carries it for tests and styles", (state) => {
    const { container } = render(<StateBadge state={state} />);
    const badge = screen.getByText(STATE_META[state].word);
    expect(badge).toHaveAttribute("data-state", state);
    expect(container.querySelector("svg")).toHaveAttribute("aria-hidden", "true");
  });

  it("stands still when the progress is known, and turns when it is not", () => {
    const { container, rerender } = render(<StateBadge state="running" fraction={0.5} />);
    expect(container.querySelector("svg")).not.toHaveClass("animate-ring");
    rerender(<StateBadge state="running" />);
    expect(container.querySelector("svg")).toHaveClass("animate-ring");
  });

  it("says that a running job is asked to stop, and of no other", () => {
    const { rerender } = render(<StateBadge state="running" stopping />);
    expect(screen.getByText("stopping")).toBeVisible();
    rerender(<StateBadge state="cancelled" stopping look="pill" />);
    expect(screen.queryByText("stopping")).toBeNull();
  });

  it("gives each state a shape of its own", () => {
    const shapes = STATES.map((state) => {
      const { container, unmount } = render(<StateBadge state={state} />);
      const shape = container.querySelector("svg")?.innerHTML;
      unmount();
      return shape;
    });
    expect(new Set(shapes).size).toBe(STATES.length);
  });
});
