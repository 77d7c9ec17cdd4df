import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { components } from "./schema.gen";

export type SignUpRules = components["schemas"]["SignUpRules"];

/** Who may sign up here, and whether this server sends mail. Changes with a restart of the server alone. */
export function signUpRules() {
  return queryOptions({
    queryKey: ["account", "sign-up-rules"],
    queryFn: ({ signal }) => answer(api.GET("/signup", { signal })),
    staleTime: 5 * 60_000,
  });
}
