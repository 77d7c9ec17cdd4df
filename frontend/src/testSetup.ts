import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

// What will surely come is waited for, also on a slow machine.
configure({ asyncUtilTimeout: 30_000 });
