// The audit trail: who did what to what, from where, when.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { components, paths } from "./schema.gen";

export type AuditPage = components["schemas"]["AuditPage"];
export type AuditLine = AuditPage["items"][number];
type AuditQuery = NonNullable<paths["/audit"]["get"]["parameters"]["query"]>;
export type AuditAction = NonNullable<AuditQuery["action"]>[number];
export type AuditFilters = Pick<AuditQuery, "action" | "actor_id" | "after" | "before">;

const PAGE_SIZE = 50;

/** Newest first. A page may be empty and have a next: the server reads 2,000 lines for each. */
export function auditTrail(everyone: boolean, filters: AuditFilters) {
  return infiniteQueryOptions({
    queryKey: ["audit", everyone, filters] as const,
    queryFn: ({ pageParam, signal }): Promise<AuditPage> => {
      const query = {
        ...filters,
        limit: PAGE_SIZE,
        ...(everyone ? { all: true } : {}),
        ...(pageParam ? { cursor: pageParam } : {}),
      };
      return answer(api.GET("/audit", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}
