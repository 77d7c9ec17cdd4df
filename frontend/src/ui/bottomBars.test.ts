import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bottomBar } from "./bottomBars";

const cleanups: ((() => void) | undefined)[] = [];
const height = () => document.documentElement.style.getPropertyValue("--bottom-bars") || "0px";

beforeEach(() => {
  vi.stubGlobal("innerHeight", 800);
  vi.stubGlobal("innerWidth", 1440);
  isPhone(false);
});
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup?.();
});

function isPhone(matches: boolean): void {
  vi.stubGlobal("matchMedia", () => ({ matches }));
}

/** A bar of this place in a window of 800 px height. */
function bar(place: { top: number; right: number; height: number }): () => void {
  const element = document.createElement("div");
  element.getBoundingClientRect = () => place as DOMRect;
  const cleanup = bottomBar(element);
  cleanups.push(cleanup);
  return () => cleanup?.();
}

test("messages stand above the highest bar, and go down when it goes", () => {
  isPhone(true);
  vi.stubGlobal("innerWidth", 390);
  bar({ top: 740, right: 390, height: 60 });
  expect(height()).toBe("60px");
  const remove = bar({ top: 675.5, right: 390, height: 64.5 });
  expect(height()).toBe("125px");
  remove();
  expect(height()).toBe("60px");
});

test("a bar that is hidden is none", () => {
  isPhone(true);
  bar({ top: 0, right: 0, height: 0 });
  expect(height()).toBe("0px");
});

test("a bar that ends left of the messages does not lift them", () => {
  bar({ top: 700, right: 900, height: 44 });
  expect(height()).toBe("0px");
  vi.stubGlobal("innerWidth", 1100);
  bar({ top: 780, right: 200, height: 20 });
  expect(height()).toBe("100px");
});
